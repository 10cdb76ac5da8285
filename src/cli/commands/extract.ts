import type { ExtractOptions } from '../../commands/extract.ts';
import type { CommandEntry } from '../program/command.ts';
import { exitCodes } from '../program/exit-code.ts';
import { toOptions } from '../program/values.ts';

export const extractCommand: CommandEntry = {
  name: 'extract',
  summary: 'unpack an archive safely: all of it or nothing',
  arguments: [{ name: 'archive', key: 'path', help: '.mar or .tar.gz, or the http(s) URL of one' }],
  flags: [
    { name: 'output', short: 'o', value: 'DIR', help: 'folder to create (default: ./<model name>)' },
    { name: 'include', value: 'GLOB', repeats: true, help: 'only files whose path matches' },
    { name: 'exclude', value: 'GLOB', repeats: true, help: 'no files whose path matches' },
    { name: 'force', short: 'f', help: 'replace an existing folder' },
    { name: 'dry-run', help: 'show what would be written, write nothing' },
    { name: 'max-files', value: 'N', help: 'maximum number of files (default: 65535)' },
    { name: 'max-bytes', value: 'SIZE', help: 'maximum unpacked size, such as 2GB (default: 64GiB)' },
    { name: 'max-ratio', value: 'N', help: 'maximum compression ratio of a file (default: 1032)' },
  ],
  examples: [
    { command: 'mar extract model_store/digits.mar', what: 'into ./digits' },
    { command: 'mar extract digits.mar -o weights --include "*.onnx"', what: 'some files only' },
  ],
  async run({ words: [path = ''], values }, { context, print, report }) {
    const [{ extract }, { formatExtract }] = await Promise.all([
      import('../../commands/extract.ts'),
      import('../../ui/reporters/extract-human.ts'),
    ]);
    const result = await extract({ ...toOptions<Omit<ExtractOptions, 'path'>>(values), path }, context);
    // The plan of a dry run is what was asked for.
    const show = result.dryRun ? print : report;
    await show(result, (style) => formatExtract(result, style));
    return exitCodes.done;
  },
};
