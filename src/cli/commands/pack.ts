import { packFormats } from '../../commands/pack/formats.ts';
import type { PackOptions } from '../../commands/pack/options.ts';
import type { CommandEntry } from '../program/command.ts';
import { exitCodes } from '../program/exit-code.ts';
import { compressionChoices } from '../program/flags.ts';
import { toCompression, toOptions } from '../program/values.ts';

export const packCommand: CommandEntry = {
  name: 'pack',
  summary: 'write an archive from a config file, or from flags',
  arguments: [
    {
      name: 'files',
      help: 'further files and folders; src=dest gives another path in the archive',
      optional: true,
      many: true,
    },
  ],
  flags: [
    { name: 'config', value: 'FILE', help: 'mar.config.{json,yaml,ts} (default: the one in this folder)' },
    {
      name: 'from',
      value: 'PATH',
      help: 'folder or archive that another tool made (SageMaker, MLflow, Hugging Face, Triton, …): what is not given is taken from it',
    },
    { name: 'model-name', short: 'n', value: 'NAME', help: 'name of the model and of the archive' },
    { name: 'version', short: 'v', value: 'VERSION', help: 'version of the model (default: 1.0)' },
    {
      name: 'weights',
      value: 'FILE',
      repeats: true,
      help: 'weights, or src=dest; their external data and shards are added',
    },
    { name: 'model-file', value: 'FILE', help: 'Python file with the model class of a state dict' },
    { name: 'handler', value: 'HANDLER', help: 'name of a built-in handler, or handler.ts, handler.py, file:name' },
    {
      name: 'runtime',
      value: 'RUNTIME',
      choices: ['python', 'python3', 'LSP', 'nodejs'],
      help: 'what runs the handler',
    },
    { name: 'requirements', value: 'FILE', help: 'Python packages the handler needs (pip format)' },
    { name: 'model-config', value: 'FILE', help: 'the model-config.yaml to pack' },
    {
      name: 'output',
      short: 'o',
      value: 'PATH',
      help: 'the archive (x.mar, x.tar.gz), or the folder it is written to (default: .)',
    },
    {
      name: 'target',
      value: 'SERVER',
      choices: ['mar', 'torchserve', 'both'],
      help: 'the target server; both: a built-in handler over ONNX also runs in TorchServe, with the same answers (default: mar)',
    },
    { name: 'format', value: 'FORMAT', choices: packFormats, help: 'format of the archive (default: mar)' },
    {
      name: 'compression',
      value: 'LEVEL',
      choices: compressionChoices,
      help: 'auto deflates files that become smaller',
    },
    { name: 'ignore', value: 'PATTERN', repeats: true, help: 'files of folders to leave out, as in .gitignore' },
    { name: 'allow', value: 'RULE', repeats: true, help: 'rules that may be broken, as an error names them' },
    { name: 'force', short: 'f', help: 'overwrite an existing archive' },
    { name: 'digest', help: 'also compute the SHA-256 of the archive, which reads it again' },
    { name: 'dry-run', help: 'show what would be written, write nothing' },
  ],
  examples: [
    { command: 'mar pack', what: 'as mar.config.json says' },
    {
      command: 'mar pack -n digits --weights digits.onnx --handler image_classifier labels.json=index_to_name.json',
      what: 'without a config file',
    },
    {
      command: 'mar pack --from mlruns/1/models/m-1/artifacts',
      what: 'a model of another tool, see docs/from-other-tools.md',
    },
    { command: 'mar pack --json --digest | jq -r .path,.sha256', what: 'for a pipeline' },
  ],
  async run({ words, values }, { context, print, report }) {
    const [{ pack }, { formatPack }] = await Promise.all([
      import('../../commands/pack/pack.ts'),
      import('../../ui/reporters/pack-human.ts'),
    ]);
    const { compression, ...rest } = toOptions<Omit<PackOptions, 'compression'> & { compression?: string }>(values);
    const options: PackOptions = {
      ...rest,
      ...toCompression(compression),
      ...(words.length > 0 ? { files: [...words] } : {}),
    };
    const result = await pack(options, context);
    // The plan of a dry run is what was asked for.
    const show = result.dryRun ? print : report;
    await show(result, (style) => formatPack(result, style));
    return exitCodes.done;
  },
};
