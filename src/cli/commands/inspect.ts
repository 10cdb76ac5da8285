import type { CommandEntry } from '../command.ts';
import { exitCodes } from '../exit-code.ts';

export const inspectCommand: CommandEntry = {
  name: 'inspect',
  summary: 'show what is inside an archive, without running any of it',
  arguments: [{ name: 'archive', help: '.mar, .tar.gz, unpacked folder, or a weights file' }],
  flags: [{ name: 'digest', help: 'read every byte: SHA-256 of the archive and of each file' }],
  examples: [
    { command: 'mar inspect model_store/digits.mar', what: 'one screen' },
    {
      command: "mar inspect digits.mar --json | jq '.weights[0].inputs'",
      what: 'the inputs of the model, for a script',
    },
  ],
  async run({ words: [path = ''], values }, { context, print }) {
    const [{ inspect }, { formatInspect }] = await Promise.all([
      import('../../commands/inspect.ts'),
      import('../../ui/reporters/inspect-human.ts'),
    ]);
    const result = await inspect({ path, digest: values.digest === true }, context);
    await print(result, (style) => formatInspect(result, style));
    return result.findings.some(({ severity }) => severity === 'error') ? exitCodes.findings : exitCodes.done;
  },
};
