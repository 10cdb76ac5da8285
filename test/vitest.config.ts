import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { reporters } from './support/reporters.ts';

export default defineConfig({
  test: {
    reporters,
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/**/*.test.ts'],
    exclude: ['test/long/**', 'test/interop/**'],
    // What hangs is ended by these; nothing that works comes near them, not even on a machine that does ten other things.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    // Files run side by side, each in a temporary folder of its own that must be empty at the end.
    globalSetup: ['test/support/run-temp.ts'],
    setupFiles: ['test/support/own-temp.ts'],
    maxWorkers: 2,
    // Real processes and files: the suite must not depend on the order or on leftovers of another file.
    sequence: { hooks: 'stack' },
  },
});
