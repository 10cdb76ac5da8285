import type { CommandEntry } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { toOptions } from '../values.ts';
import { deviceFlag, pythonFlag, skipValidationFlag, threadsFlag } from './shared-flags.ts';

export const serveCommand: CommandEntry = {
  name: 'serve',
  summary: 'serve archives over HTTP as TorchServe does, until Ctrl-C',
  arguments: [{ name: 'archives', help: '.mar, .tar.gz, .war or unpacked folders', optional: true, many: true }],
  flags: [
    { name: 'model-store', value: 'DIR', help: 'folder that --models and the management API name archives in' },
    {
      name: 'models',
      value: 'NAME=FILE',
      many: true,
      help: 'archives of the model store, or "all"; a name may be given to each',
    },
    {
      name: 'workflows',
      value: 'NAME=FILE',
      many: true,
      help: 'workflow archives (.war) of the workflow store, or "all"',
    },
    { name: 'workflow-store', value: 'DIR', help: 'folder of the workflow archives (default: the model store)' },
    { name: 'ts-config', value: 'FILE', help: 'config.properties of TorchServe (flags win over it)' },
    { name: 'port', short: 'p', value: 'PORT', help: 'one port of 127.0.0.1 for everything; 0 takes a free one' },
    {
      name: 'inference-address',
      value: 'URL',
      help: 'where predictions are answered (default: http://127.0.0.1:8080)',
    },
    { name: 'management-address', value: 'URL', help: 'where models are managed (default: http://127.0.0.1:8081)' },
    { name: 'metrics-address', value: 'URL', help: 'where metrics are read (default: http://127.0.0.1:8082)' },
    deviceFlag,
    { name: 'workers', short: 'w', value: 'N', help: 'worker processes of each model' },
    threadsFlag,
    pythonFlag,
    { name: 'enable-model-api', help: 'allow models to be registered and removed over HTTP' },
    { name: 'grace', value: 'SECONDS', help: 'how long requests at hand may take when the server stops (default: 30)' },
    skipValidationFlag,
  ],
  examples: [
    { command: 'mar serve model_store/digits.mar', what: 'one archive' },
    { command: 'mar serve --model-store model_store --models all --port 8000', what: 'a folder of them' },
    {
      command: 'mar serve --model-store model_store --models digits=digits.mar cats=v2.mar',
      what: 'under names of your own',
    },
  ],
  async run({ words, values }, { context, print }) {
    const [{ serve }, { formatServing, toServingResult }] = await Promise.all([
      import('../../commands/serve.ts'),
      import('../../ui/reporters/serve-human.ts'),
    ]);
    const handle = await serve({ ...toOptions<object>(values), archives: [...words] }, context);
    await print(toServingResult(handle), (style) => formatServing(handle, style));
    await handle.closed;
    return exitCodes.done;
  },
};
