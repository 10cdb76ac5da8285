import { defineConfig } from 'vitest/config';

/** Tests that take minutes: fuzzing and comparison with other implementations. Each is skipped where its peer is missing. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/long/**/*.test.ts'],
    testTimeout: 1_800_000,
    hookTimeout: 600_000,
    fileParallelism: false,
  },
});
