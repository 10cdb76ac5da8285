import type { CommandEntry } from '../program/command.ts';
import { exitCodes } from '../program/exit-code.ts';

export const catCommand: CommandEntry = {
  name: 'cat',
  summary: 'print one file of an archive, after checking its bytes',
  arguments: [
    { name: 'archive', key: 'path', help: '.mar, .tar.gz or unpacked folder, or the http(s) URL of an archive' },
    { name: 'file', key: 'member', help: 'its path in the archive, as mar inspect --files lists it' },
  ],
  flags: [],
  examples: [
    { command: 'mar cat digits.mar MAR-INF/MANIFEST.json', what: 'the manifest' },
    { command: 'mar cat https://host/digits.mar digits.onnx > digits.onnx', what: 'one file of a remote archive' },
  ],
  async run({ words: [path = '', member = ''] }, { context, write }) {
    const { cat } = await import('../../commands/cat.ts');
    for await (const piece of cat({ path, member }, context)) await write(piece);
    return exitCodes.done;
  },
};
