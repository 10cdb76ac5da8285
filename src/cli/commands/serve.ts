import { ToolError } from '../../core/errors.ts';
import type { CommandEntry } from '../program/command.ts';
import { exitCodes } from '../program/exit-code.ts';
import type { Flag } from '../program/flags.ts';
import { toOptions } from '../program/values.ts';
import { deviceFlag, pythonFlag, skipValidationFlag, threadsFlag } from './shared-flags.ts';

/** Flags of `torchserve` that have no effect here, accepted for scripts. The last one is refused. */
const torchserveFlags: readonly Flag[] = [
  { name: 'start', help: 'as without it', hidden: true },
  { name: 'foreground', help: 'as without it', hidden: true },
  { name: 'no-config-snapshots', help: 'as --ncs', hidden: true },
  { name: 'dt', help: 'ask nobody for a key', hidden: true },
  { name: 'cpp-log-config', value: 'FILE', help: 'no effect', hidden: true },
  { name: 'plugins-path', value: 'DIR', help: 'no effect', hidden: true },
  { name: 'ppath', value: 'DIR', help: 'no effect', hidden: true },
  { name: 'stop', help: 'refused: there is no daemon to stop', hidden: true },
];

export const serveCommand: CommandEntry = {
  name: 'serve',
  summary: 'serve archives over HTTP as TorchServe does, until Ctrl-C',
  arguments: [{ name: 'archives', help: '.mar, .tar.gz, .war or unpacked folders', optional: true, many: true }],
  flags: [
    { name: 'model-store', value: 'DIR', help: 'folder of the archives for --models and the management API' },
    {
      name: 'models',
      value: 'NAME=FILE',
      many: true,
      help: 'archives of the model store, or "all"; NAME=FILE sets the model name',
    },
    {
      name: 'workflows',
      value: 'NAME=FILE',
      many: true,
      help: 'workflow archives (.war) of the workflow store, or "all"',
    },
    { name: 'workflow-store', value: 'DIR', help: 'folder of the workflow archives (default: the model store)' },
    { name: 'ts-config', value: 'FILE', help: 'config.properties of TorchServe (flags override it)' },
    { name: 'port', short: 'p', value: 'PORT', help: 'one port of 127.0.0.1 for all APIs; 0 for a free one' },
    {
      name: 'inference-address',
      value: 'URL',
      help: 'address of the inference API (default: http://127.0.0.1:8080)',
    },
    {
      name: 'management-address',
      value: 'URL',
      help: 'address of the management API (default: http://127.0.0.1:8081)',
    },
    { name: 'metrics-address', value: 'URL', help: 'address of the metrics API (default: http://127.0.0.1:8082)' },
    { name: 'grpc', help: 'serve gRPC too, on 127.0.0.1:7070 and 7071 as TorchServe does' },
    {
      name: 'grpc-port',
      value: 'PORT',
      help: 'serve gRPC too, on one port of 127.0.0.1; 0 for a free one',
    },
    {
      name: 'tls-key',
      value: 'FILE',
      help: 'private key (PEM), to serve over https: the default addresses become https://',
    },
    { name: 'tls-cert', value: 'FILE', help: 'its certificate (PEM), with the chain after it' },
    deviceFlag,
    { name: 'workers', short: 'w', value: 'N', help: 'worker processes of each model' },
    threadsFlag,
    pythonFlag,
    { name: 'enable-model-api', help: 'allow models to be registered and removed over HTTP' },
    {
      name: 'allowed-urls',
      value: 'PATTERNS',
      help: 'regular expressions of URLs that archives may be fetched from, comma-separated (default: file://.*)',
    },
    { name: 'token-auth', help: 'require keys on loopback too (default: only if other machines can reach the server)' },
    { name: 'disable-token-auth', help: 'ask nobody for a key' },
    { name: 'key-file', value: 'FILE', help: 'require your own keys, in the form of key_file.json' },
    {
      name: 'allowed-hosts',
      value: 'NAMES',
      help: 'host names to accept besides localhost and 127.0.0.1, comma-separated; * accepts all',
    },
    { name: 'cors-origin', value: 'ORIGIN', help: 'allow pages of this origin (CORS); * allows all' },
    {
      name: 'service-envelope',
      value: 'NAME',
      choices: ['body', 'json', 'kserve', 'kservev2'],
      help: 'format of requests and answers',
    },
    {
      name: 'open-inference-protocol',
      help: 'serve the Open Inference Protocol (KServe v2) as specified, with binary tensors',
    },
    {
      name: 'metrics-mode',
      value: 'MODE',
      choices: ['prometheus', 'legacy', 'log'],
      help: 'what /metrics shows (default: prometheus)',
    },
    {
      name: 'log-format',
      value: 'FORM',
      choices: ['none', 'torchserve', 'json'],
      help: 'access log on stderr, one line for each request (default: none)',
    },
    {
      name: 'log-files',
      help: "TorchServe's log files, in logs (LOG_LOCATION, METRICS_LOCATION): access_log, ts_log, model_log, ts_metrics, model_metrics",
    },
    {
      name: 'log-config',
      value: 'FILE',
      help: 'log4j2.xml of TorchServe: which of its log files are written, where, and their size (not its levels and patterns)',
    },
    { name: 'watch', help: 'reload an archive when it changes on disk, without a failed request' },
    {
      name: 'snapshots',
      help: 'save the served models in logs/config (LOG_LOCATION/config), and restore them at the next start',
    },
    { name: 'ncs', help: 'no snapshots: neither save nor restore one' },
    { name: 'print-config', help: 'print each setting and its origin, and start nothing' },
    ...torchserveFlags,
    {
      name: 'grace',
      value: 'SECONDS',
      help: 'how long in-flight requests may take when the server stops (default: 30)',
    },
    skipValidationFlag,
  ],
  examples: [
    { command: 'mar serve model_store/digits.mar', what: 'one archive' },
    { command: 'mar serve --model-store model_store --models all --port 8000', what: 'a folder of them' },
    {
      command: 'mar serve --model-store model_store --models digits=digits.mar cats=v2.mar',
      what: 'with model names of your choice',
    },
  ],
  async run({ words, values: { printConfig, dt, ncs, ppath, stop, ...values } }, { context, print, report }) {
    if (stop === true) {
      const expected = 'nothing to stop, since the server runs in the foreground: end it with Ctrl-C or SIGTERM';
      throw new ToolError('INVALID_OPTION', { option: '--stop', found: 'the flag', expected });
    }
    const options = {
      ...toOptions<object>({ pluginsPath: ppath, ...values }),
      ...(dt === true && { disableTokenAuth: true }),
      ...(ncs === true && { noConfigSnapshots: true }),
      archives: [...words],
    };
    if (printConfig === true) {
      const [{ showServeConfig }, { formatServeConfig }] = await Promise.all([
        import('../../commands/serve/show-config.ts'),
        import('../../ui/reporters/serve-config-human.ts'),
      ]);
      const result = await showServeConfig(options, context);
      await print(result, (style) => formatServeConfig(result, style));
      return exitCodes.done;
    }
    const [{ serve }, { formatServing, toServingResult }] = await Promise.all([
      import('../../commands/serve/serve.ts'),
      import('../../ui/reporters/serve-human.ts'),
    ]);
    const handle = await serve(options, context);
    await report(toServingResult(handle), (style) => formatServing(handle, style));
    await handle.closed;
    return exitCodes.done;
  },
};
