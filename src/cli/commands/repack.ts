import { packFormats } from '../../commands/pack/formats.ts';
import type { RepackOptions } from '../../commands/pack/repack.ts';
import type { CommandEntry } from '../program/command.ts';
import { exitCodes } from '../program/exit-code.ts';
import { compressionChoices } from '../program/flags.ts';
import { toCompression, toOptions } from '../program/values.ts';

type Values = Omit<RepackOptions, 'path' | 'compression'> & { readonly compression?: string };

export const repackCommand: CommandEntry = {
  name: 'repack',
  summary: 'write an archive in another format, or again in a form that every reader accepts',
  arguments: [
    { name: 'archive', key: 'path', help: '.mar, .tar.gz or unpacked folder, or the http(s) URL of an archive' },
  ],
  flags: [
    {
      name: 'output',
      short: 'o',
      value: 'PATH',
      help: 'output file (default: the archive itself, or its name with the new extension)',
    },
    {
      name: 'format',
      value: 'FORMAT',
      choices: packFormats,
      help: 'default: from the extension of the output',
    },
    {
      name: 'compression',
      value: 'LEVEL',
      choices: compressionChoices,
      help: 'compress again (default: compressed bytes are copied)',
    },
    { name: 'force', short: 'f', help: 'overwrite an existing archive' },
  ],
  examples: [
    { command: 'mar repack model.tar.gz --format mar', what: 'model.mar' },
    { command: 'mar repack foreign.mar --force', what: 'in place, so that TorchServe can read it' },
  ],
  async run({ words: [path = ''], values }, { context, report }) {
    const [{ repack }, { formatRepack }] = await Promise.all([
      import('../../commands/pack/repack.ts'),
      import('../../ui/reporters/repack-human.ts'),
    ]);
    const { compression, ...rest } = toOptions<Values>(values);
    const result = await repack({ ...rest, ...toCompression(compression), path }, context);
    await report(result, (style) => formatRepack(result, style));
    return exitCodes.done;
  },
};
