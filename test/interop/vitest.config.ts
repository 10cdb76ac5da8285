import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { reporters } from '../support/reporters.ts';

export default defineConfig({
  test: {
    reporters,
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/interop/**/*.test.ts'],
    globalSetup: ['test/support/run-temp.ts'],
    setupFiles: ['test/support/own-temp.ts'],
    // The partners' own onnxruntime would leave a file in the temporary folder.
    env: { ORT_DISABLE_TELEMETRY: '1' },
    maxWorkers: 2,
    // A cold Java or Python takes seconds to start on a busy machine.
    testTimeout: 120_000,
  },
});
