import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { patience } from '../support/patience.ts';
import { reporters } from '../support/reporters.ts';

export default defineConfig({
  test: {
    ...patience,
    reporters,
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/interop/**/*.test.ts'],
    globalSetup: ['test/support/run-temp.ts'],
    setupFiles: ['test/support/own-temp.ts'],
    // The partners' own onnxruntime would leave a file in the temporary folder.
    env: { ORT_DISABLE_TELEMETRY: '1' },
    maxWorkers: 2,
  },
});
