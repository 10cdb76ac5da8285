import type { CommandEntry } from '../command.ts';
import { exitCodes } from '../exit-code.ts';

export const extractCommand: CommandEntry = {
  name: 'extract',
  summary: 'unpack an archive safely: all of it or nothing',
  arguments: [{ name: 'archive', help: '.mar or .tar.gz' }],
  flags: [
    { name: 'output', short: 'o', value: 'DIR', help: 'folder to create (default: ./<model name>)' },
    { name: 'include', value: 'GLOB', many: true, help: 'only files whose path matches' },
    { name: 'exclude', value: 'GLOB', many: true, help: 'no files whose path matches' },
    { name: 'force', short: 'f', help: 'replace the folder if it is there' },
  ],
  examples: [
    { command: 'mar extract model_store/digits.mar', what: 'into ./digits' },
    { command: 'mar extract digits.mar -o weights --include "*.onnx"', what: 'some files only' },
  ],
  async run({ words: [path = ''], values }, { context, print }) {
    const [{ extract }, { formatExtract }] = await Promise.all([
      import('../../commands/extract.ts'),
      import('../../ui/reporters/extract-human.ts'),
    ]);
    const { output, include, exclude, force } = values;
    const options = {
      path,
      ...(typeof output === 'string' ? { output } : {}),
      ...(Array.isArray(include) ? { include } : {}),
      ...(Array.isArray(exclude) ? { exclude } : {}),
      force: force === true,
    };
    const result = await extract(options, context);
    await print(result, (style) => formatExtract(result, style));
    return exitCodes.done;
  },
};
