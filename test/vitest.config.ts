import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { patience } from './support/patience.ts';
import { reporters } from './support/reporters.ts';

export default defineConfig({
  test: {
    ...patience,
    reporters,
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/**/*.test.ts'],
    exclude: ['test/long/**', 'test/interop/**'],
    // Files run side by side, each in a temporary folder of its own that must be empty at the end.
    globalSetup: ['test/support/run-temp.ts', 'test/support/machine-certificates.ts'],
    setupFiles: ['test/support/own-temp.ts'],
    maxWorkers: 2,
    // The files of a worker share its modules: loading the product anew for each cost more than most of them run. Nothing of ours
    // is mocked and no module keeps what a test gave it, so a file may come first or last.
    isolate: false,
    // Real processes and files: the suite must not depend on the order or on leftovers of another file.
    sequence: { hooks: 'stack' },
  },
});
