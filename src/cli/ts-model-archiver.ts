import type { ArchiveOptions } from '../commands/pack/archive-options.ts';
import { archiverFlags } from './drop-in/archiver-flags.ts';
import { runDropIn } from './drop-in/drop-in.ts';
import type { RawValues } from './program/flags.ts';
import { toCompression, toOptions } from './program/values.ts';

/** `ts-model-archiver`: torch-model-archiver's command line. */
export function main(argv: readonly string[]): Promise<void> {
  return runDropIn(argv, {
    program: 'ts-model-archiver',
    original: 'torch-model-archiver',
    description: 'Packs model weights and handler code into a model archive (.mar).',
    flags: archiverFlags,
    epilogue: `example:
  ts-model-archiver --model-name digits --version 1.0 --serialized-file digits.onnx \\
      --handler image_classifier --extra-files index_to_name.json --export-path model_store

Every flag of torch-model-archiver works as there, also in its short form. Exit codes: 0 done, 1 failed, 2 wrong usage.
`,
    async run(values, { context, notice }) {
      const [{ archive }, { formatArchive }] = await Promise.all([
        import('../commands/pack/archive.ts'),
        import('../ui/reporters/archive-human.ts'),
      ]);
      const started = performance.now();
      const result = await archive(toArchiveOptions(values), context);
      if (process.stderr.isTTY) notice((style) => formatArchive(result, performance.now() - started, style));
    },
  });
}

/** Drops empty strings of optional files, which the original ignores. */
function toArchiveOptions(values: RawValues): ArchiveOptions {
  const isMeant = ([key, value]: [string, unknown]) =>
    value !== '' || ['modelName', 'handler', 'version'].includes(key);
  const meant: RawValues = Object.fromEntries(Object.entries(values).filter(isMeant));
  const { compression, ...given } = toOptions<ArchiveOptions>(meant);
  return {
    validate: 'warn',
    ...given,
    ...toCompression(compression),
  };
}
