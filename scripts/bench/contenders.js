/** The servers that are measured side by side: each a function from a port to what `startProcess` needs. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { projectRoot } from './machine.js';
import { runQuietly } from './measure.js';

const peers = join(import.meta.dirname, 'peers');
const digitsModel = join(projectRoot, 'templates', 'digits', 'digits.onnx');

export function ours(archive, flags = []) {
  return async () => {
    const port = await freePort();
    const program = join(projectRoot, 'bin', 'mar.js');
    const args = [program, 'serve', archive, '--port', String(port), '--threads', '1', '--quiet', ...flags];
    return { port, command: process.execPath, args };
  };
}

/** `depth` requests at a time with its child process: see barest.js. */
export function barest(depth, answer = 'ok') {
  return async () => {
    const port = await freePort();
    return {
      port,
      command: process.execPath,
      args: [join(import.meta.dirname, 'barest.js'), String(port), String(depth), answer],
    };
  };
}

export function fastapi(python, workers) {
  return async () => {
    const port = await freePort();
    const flags = ['--host', '127.0.0.1', '--port', String(port), '--workers', String(workers), '--log-level', 'error'];
    return {
      port,
      command: join(python, 'bin', 'uvicorn'),
      args: ['fastapi_app:app', ...flags, '--no-access-log'],
      cwd: peers,
      env: { DIGITS_ONNX: digitsModel, OMP_NUM_THREADS: '1' },
    };
  };
}

/** TorchServe with one model; `settings` are those of its `models` configuration (batchSize, maxBatchDelay, workers). */
export function torchserve(python, { folder, model, settings }) {
  return async () => {
    const [port, management, metrics] = [await freePort(), await freePort(), await freePort()];
    // Not measured, but a second server would not start beside one that has their usual ports.
    const [grpc, grpcManagement] = [await freePort(), await freePort()];
    const store = join(folder, `store-${port}`);
    await mkdir(store);
    await packForTorchServe(store, model);
    const models = { [model]: { '1.0': { defaultVersion: true, marName: `${model}.mar`, ...settings } } };
    const config = [
      `inference_address=http://127.0.0.1:${port}`,
      `management_address=http://127.0.0.1:${management}`,
      `metrics_address=http://127.0.0.1:${metrics}`,
      `grpc_inference_port=${grpc}`,
      `grpc_management_port=${grpcManagement}`,
      `models=${JSON.stringify(models)}`,
      'enable_envvars_config=false',
    ];
    await writeFile(join(store, 'config.properties'), `${config.join('\n')}\n`);
    const args = ['--start', '--foreground', '--disable-token-auth', '--model-store', store];
    return {
      port,
      command: join(python, 'bin', 'torchserve'),
      args: [...args, '--models', `${model}.mar`, '--ts-config', join(store, 'config.properties')],
      cwd: store,
      env: {
        PATH: `${join(python, 'bin')}:${process.env.PATH}`,
        OMP_NUM_THREADS: '1',
        LOG_LOCATION: store,
        // Its file with the process id lies there: with a common one a second server would refuse to start.
        TMPDIR: store,
      },
    };
  };
}

async function packForTorchServe(store, model) {
  await runQuietly(process.execPath, [
    ...[join(projectRoot, 'bin', 'ts-model-archiver.js'), '--model-name', model, '--version', '1.0'],
    ...['--handler', join(peers, `${model}_handler.py`), '--export-path', store, '--archive-format', 'default'],
    ...(model === 'digits' ? ['--extra-files', digitsModel] : []),
    '--force',
  ]);
}
