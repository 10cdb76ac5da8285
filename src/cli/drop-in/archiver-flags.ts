import { upstreamFormats } from '../../commands/pack/formats.ts';
import { compressionChoices } from '../program/flags.ts';
import type { ArgparseFlag } from './argparse.ts';

/**
 * torch-model-archiver's flags in its own order, then ours. `validate`, `compression`, `quiet` and `progress` are ours: they
 * are found by their whole name, or by a prefix that means nothing to the original.
 */
export const archiverFlags: readonly ArgparseFlag[] = [
  {
    name: 'model-name',
    value: 'MODEL_NAME',
    required: true,
    help: 'name of the model; the archive is called MODEL_NAME.mar',
  },
  {
    name: 'serialized-file',
    value: 'SERIALIZED_FILE',
    help: 'the weights: .onnx, or .pt/.pth (a state dict or TorchScript)',
  },
  {
    name: 'model-file',
    value: 'MODEL_FILE',
    help: 'Python file with the model class of a state dict',
  },
  {
    name: 'handler',
    value: 'HANDLER',
    required: true,
    help: 'name of a built-in handler, or a handler file: handler.py, handler:function,\nhandler.ts (bundled into one module), handler.ts:name',
  },
  {
    name: 'extra-files',
    value: 'EXTRA_FILES',
    help: 'comma-separated files, folders (their content) and wildcards, all put at the\nroot of the archive',
  },
  {
    name: 'runtime',
    value: 'RUNTIME',
    choices: ['python', 'python3', 'LSP', 'nodejs'],
    help: 'what runs the handler (default: nodejs for a .ts or .js handler, else python)',
  },
  {
    name: 'export-path',
    value: 'EXPORT_PATH',
    help: 'folder the archive is written to, created if it does not exist (default: .)',
  },
  {
    name: 'archive-format',
    value: 'ARCHIVE_FORMAT',
    choices: upstreamFormats,
    help: 'default: MODEL_NAME.mar, deflated where that saves space\nzip-store: MODEL_NAME.mar, nothing deflated\ntgz: MODEL_NAME.tar.gz\nno-archive: the folder MODEL_NAME',
  },
  { name: 'force', short: 'f', help: 'overwrite what is there' },
  { name: 'version', short: 'v', value: 'VERSION', required: true, help: 'version of the model' },
  {
    name: 'requirements-file',
    short: 'r',
    value: 'REQUIREMENTS_FILE',
    help: 'Python packages the handler needs (pip format)',
  },
  {
    name: 'config-file',
    short: 'c',
    value: 'CONFIG_FILE',
    help: 'model-config.yaml: batch size, workers, preprocessing, …',
  },
  {
    name: 'validate',
    value: 'MODE',
    choices: ['off', 'warn', 'error'],
    ours: true,
    help: 'what an error found in the input does (default: warn); "error" stops before\nanything is written',
  },
  {
    name: 'compression',
    value: 'LEVEL',
    choices: compressionChoices,
    ours: true,
    help: 'auto deflates what shrinks and stores the rest (default: auto)',
  },
  { name: 'quiet', ours: true, help: 'no warnings, no progress, no summary; errors only' },
  {
    name: 'progress',
    value: 'MODE',
    choices: ['auto', 'plain', 'none'],
    ours: true,
    help: 'auto shows progress on a terminal only (default: auto)',
  },
];
