import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/**/*.test.ts'],
    exclude: ['test/long/**', 'test/interop/**'],
    testTimeout: 20_000,
    // vitest leaves one core free, which on two cores means one file at a time.
    maxWorkers: '100%',
    // Real processes and files: the suite must not depend on the order or on leftovers of another file.
    sequence: { hooks: 'stack' },
  },
});
