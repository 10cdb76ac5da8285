import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/interop/**/*.test.ts'],
    setupFiles: ['test/support/own-temp.ts'],
    maxWorkers: 2,
    // A cold Java or Python takes seconds to start on a busy machine.
    testTimeout: 120_000,
  },
});
