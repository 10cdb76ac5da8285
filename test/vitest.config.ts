import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/**/*.test.ts'],
    exclude: ['test/long/**', 'test/interop/**'],
    testTimeout: 20_000,
    // One file at a time: some watch the temporary directory and the process table for what a server leaves behind.
    fileParallelism: false,
    // Real processes and files: the suite must not depend on the order or on leftovers of another file.
    sequence: { hooks: 'stack' },
  },
});
