import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serve } from '../../../src/commands/serve/serve.ts';
import { packageRoot } from '../../../src/core/package-info.ts';
import { testContext } from '../../support/context.ts';
import { makeMar, manifestOf } from '../../support/make-mar.ts';
import { tempTree } from '../../support/temp-tree.ts';
import { findTool } from '../../support/tools.ts';

/** TorchServe's package and torchrun are stood for by programs that speak as they do; upstream's own suites run the real ones. */
const python = findTool('python3', 'python');
const env = { ...process.env, PYTHONPATH: join(packageRoot, 'test/fixtures/serve/torchserve') };

/** A server over one Python model. */
async function start(code: string, config: string) {
  const folder = await tempTree();
  const archive = await makeMar(join(folder, 'm.mar'), {
    files: { 'h.py': code, 'model-config.yaml': config },
    manifest: manifestOf({ modelName: 'm', handler: 'h.py', configFile: 'model-config.yaml' }),
  });
  const context = testContext(folder, { env });
  const handle = await serve({ port: 0, archives: [archive], python: python ?? '', grace: 5 }, context);
  onTestFinished(() => handle.close());
  const ask = async (body: string) => {
    const response = await fetch(`${handle.urls.inference}/predictions/m`, { method: 'POST', body: Buffer.from(body) });
    return { status: response.status, text: await response.text() };
  };
  const describeModel = async () => {
    const answer: unknown = await (await fetch(`${handle.urls.inference}/models/m`)).json();
    return answer;
  };
  return { ask, describeModel, context, folder };
}

/** Answers "wait" when the next request has come, and every other at once. */
const WAITING = `
import os, threading
came = threading.Event()
def handle(rows, context):
    body = rows[0]["body"].decode()
    if body == "die":
        os._exit(9)
    if body == "wait":
        came.wait()
    elif body == "go":
        came.set()
    return [body]
`;

/** Each rank says in a file that it was asked, and the first answers with what it knows. */
const RANKED = `
import json, os
def handle(rows, context):
    body = rows[0]["body"].decode()
    open("asked-%s" % os.environ.get("LOCAL_RANK"), "w").close()
    if body == "ranks":
        names = ("RANK", "WORLD_SIZE", "OMP_NUM_THREADS", "ARGUMENTS", "CUDA_VISIBLE_DEVICES")
        return [json.dumps({**{name: os.environ.get(name) for name in names}, "gpu": context.load["gpu"]})]
    if body == "asked":
        return [json.dumps(sorted(name for name in os.listdir(".") if name.startswith("asked-")))]
    if body == "pids":
        return [json.dumps([os.getpid(), os.getppid()])]
    return [body]
`;

describe.skipIf(python === undefined)('with asyncCommunication', () => {
  test('a request is sent while another runs, and answered before it', async () => {
    const { ask } = await start(WAITING, 'asyncCommunication: true\n');
    const slow = ask('wait');
    expect(await ask('quick')).toEqual({ status: 200, text: 'quick' });
    expect(await ask('go')).toEqual({ status: 200, text: 'go' });
    expect(await slow).toEqual({ status: 200, text: 'wait' });
  });

  test('many are each given their own answer', async () => {
    const { ask } = await start(WAITING, 'asyncCommunication: true\nbatchSize: 1\n');
    const slow = ask('wait');
    const numbers = Array.from({ length: 40 }, (_, index) => String(index));
    expect((await Promise.all(numbers.map(ask))).map(({ text }) => text)).toEqual(numbers);
    await ask('go');
    expect((await slow).text).toBe('wait');
  });

  test('a worker that dies fails all it runs, and its successor answers', async () => {
    const { ask } = await start(WAITING, 'asyncCommunication: true\n');
    const slow = ask('wait');
    expect((await ask('die')).status).toBe(500);
    expect((await slow).status).toBe(500);
    await expect.poll(async () => (await ask('again')).text, { timeout: 20_000 }).toBe('again');
  });

  test('a request that is not answered in time ends the worker, though others are', async () => {
    const { ask } = await start(WAITING, 'asyncCommunication: true\nresponseTimeout: 1\n');
    const slow = ask('wait');
    expect((await ask('quick')).status).toBe(200);
    expect(await slow).toMatchObject({ status: 500, text: expect.stringContaining('no answer within 1 s') });
  });
});

describe.skipIf(python === undefined || process.platform === 'win32')('with parallelType', () => {
  const torchrun = 'torchrun:\n  nproc-per-node: 3\n  OMP_NUMBER_THREADS: 2\n';

  test('torchrun starts the processes of a worker, and describe has them', async () => {
    const { ask, describeModel, context } = await start(RANKED, `parallelType: tp\n${torchrun}`);
    const { ARGUMENTS, ...told } = JSON.parse((await ask('ranks')).text);
    expect(told).toEqual({ RANK: '0', WORLD_SIZE: '3', OMP_NUM_THREADS: '2', CUDA_VISIBLE_DEVICES: null, gpu: -1 });
    expect(JSON.parse(ARGUMENTS)).toMatchObject({
      nnodes: '1',
      nproc_per_node: '3',
      rdzv_backend: 'c10d',
      rdzv_endpoint: 'localhost:0',
      rdzv_id: expect.stringMatching(/^m_\d+$/),
      max_restarts: '0',
    });
    expect(await describeModel()).toMatchObject([{ parallelType: 'tp', parallelLevel: 3 }]);
    expect(context.messages().join()).not.toContain('no effect');
  });

  test.each([
    ['tp', ['asked-0', 'asked-1', 'asked-2']],
    ['pptp', ['asked-0', 'asked-1', 'asked-2']],
    ['pp', ['asked-0']],
  ])('%s: a request goes to %j, and the first answers', async (type, asked) => {
    const { ask } = await start(RANKED, `parallelType: ${type}\n${torchrun}`);
    expect(await ask('one')).toEqual({ status: 200, text: 'one' });
    await expect.poll(async () => JSON.parse((await ask('asked')).text)).toEqual(asked);
  });

  test('the devices of a worker are those of its processes', async () => {
    const config = 'deviceType: gpu\ndeviceIds: [4, 5]\nparallelType: tp\nparallelLevel: 2\n';
    const { ask } = await start(RANKED, config);
    expect(JSON.parse((await ask('ranks')).text)).toMatchObject({ CUDA_VISIBLE_DEVICES: '4,5', WORLD_SIZE: '2' });
  });

  test('custom: the processes are the handler’s own matter', async () => {
    const { ask, describeModel } = await start(RANKED, 'parallelType: custom\nparallelLevel: 4\n');
    expect(JSON.parse((await ask('ranks')).text)).toMatchObject({ RANK: null, WORLD_SIZE: null });
    expect(await describeModel()).toMatchObject([{ parallelType: 'custom', parallelLevel: 4 }]);
  });

  test('a level without a type is one process, as in TorchServe', async () => {
    const { ask, describeModel } = await start(RANKED, torchrun);
    expect(JSON.parse((await ask('ranks')).text)).toMatchObject({ RANK: null });
    expect(await describeModel()).toMatchObject([{ parallelType: '', parallelLevel: 0 }]);
  });

  test('no process of a worker is left when one of them dies, and its successor answers', async () => {
    const { ask } = await start(RANKED, `parallelType: tp\n${torchrun}`);
    const [first, launcher] = JSON.parse((await ask('pids')).text);
    process.kill(first, 'SIGKILL');
    await expect.poll(async () => (await ask('again')).text, { timeout: 20_000 }).toBe('again');
    const living = () => execFileSync('ps', ['-A', '-o', 'pgid='], { encoding: 'utf8' }).split('\n').map(Number);
    await expect.poll(living, { timeout: 20_000 }).not.toContain(launcher);
  });
});
