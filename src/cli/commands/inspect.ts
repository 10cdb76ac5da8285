import type { CommandEntry } from '../program/command.ts';
import { exitCodes } from '../program/exit-code.ts';

export const inspectCommand: CommandEntry = {
  name: 'inspect',
  summary: 'show what is inside an archive, without running any of it',
  arguments: [
    { name: 'archive', key: 'path', help: '.mar, .tar.gz, unpacked folder, weights file, or the http(s) URL of one' },
  ],
  flags: [
    { name: 'manifest', help: 'show only the manifest, unchanged' },
    { name: 'files', help: 'show every file' },
    { name: 'tensors', help: 'show every tensor of the weights' },
    { name: 'digest', help: 'read every byte: SHA-256 of the archive and of each file' },
  ],
  examples: [
    { command: 'mar inspect model_store/digits.mar', what: 'one screen' },
    {
      command: 'mar inspect https://host/models/digits.mar',
      what: 'without downloading it: only a few ranges are read',
    },
    { command: 'mar inspect model.safetensors --tensors', what: 'every tensor' },
    {
      command: "mar inspect digits.mar --json | jq '.weights[0].inputs'",
      what: 'the inputs of the model, for a script',
    },
  ],
  async run({ words: [path = ''], values }, { context, print }) {
    const [{ inspect }, { formatInspect, inspectViews }] = await Promise.all([
      import('../../commands/inspect/inspect.ts'),
      import('../../ui/reporters/inspect/human.ts'),
    ]);
    const result = await inspect({ path, digest: values.digest === true }, context);
    const views = inspectViews.filter((view) => values[view] === true);
    await print(result, (style) => formatInspect(result, style, views));
    return result.findings.some(({ severity }) => severity === 'error') ? exitCodes.findings : exitCodes.done;
  },
};
