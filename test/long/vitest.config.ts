import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { patience } from '../support/patience.ts';
import { reporters } from '../support/reporters.ts';

export default defineConfig({
  test: {
    ...patience,
    reporters,
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/long/**/*.test.ts'],
    globalSetup: ['test/support/run-temp.ts'],
    setupFiles: ['test/support/own-temp.ts'],
    // Gigabytes are written and read by several programs, on a machine that may be busy.
    testTimeout: 30 * 60_000,
    fileParallelism: false,
  },
});
