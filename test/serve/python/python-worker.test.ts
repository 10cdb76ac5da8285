import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { predict } from '../../../src/commands/predict.ts';
import { type ServeOptions, serve } from '../../../src/commands/serve/serve.ts';
import { validate } from '../../../src/commands/validate/validate.ts';
import { packageRoot } from '../../../src/core/package-info.ts';
import { findPython } from '../../../src/serve/python/environment.ts';
import { testContext } from '../../support/context.ts';
import { makeMar, manifestOf } from '../../support/make-mar.ts';
import { makeZip } from '../../support/make-zip.ts';
import { tempTree } from '../../support/temp-tree.ts';
import { findTool } from '../../support/tools.ts';
import { fixture } from '../serving.ts';

/** TorchServe's package is stood for by one that speaks its protocol; test/interop runs the real one. */
const python = findTool('python3', 'python');
const env = { ...process.env, PYTHONPATH: join(packageRoot, 'test/fixtures/serve/torchserve') };

interface Archive {
  readonly code?: string;
  readonly handler?: string;
  readonly member?: string;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly model?: Readonly<Record<string, string>>;
  readonly config?: string;
}

async function archiveOf(folder: string, { code, handler, member, files, model, config }: Archive = {}) {
  const fields = { modelName: 'kinds', handler: handler ?? 'kinds.py', ...model };
  return makeMar(join(folder, 'kinds.mar'), {
    files: {
      [member ?? 'kinds.py']: code ?? (await fixture('kinds.py')),
      ...files,
      ...(config === undefined ? {} : { 'model-config.yaml': config }),
    },
    manifest: manifestOf({ ...fields, ...(config === undefined ? {} : { configFile: 'model-config.yaml' }) }),
  });
}

async function start(archive: Archive = {}, options: ServeOptions = {}, files: Readonly<Record<string, string>> = {}) {
  const folder = await tempTree(files);
  const path = await archiveOf(folder, archive);
  const context = testContext(folder, { env });
  const handle = await serve({ port: 0, archives: [path], python: python as string, grace: 5, ...options }, context);
  onTestFinished(() => handle.close());
  const url = handle.urls.inference;
  const ask = (kind: string, path = '/predictions/kinds') =>
    fetch(url + path, { method: 'POST', headers: { 'X-Kind': kind }, body: Buffer.from('x') });
  return {
    context,
    ask,
    url,
    json: async (kind: string) => (await ask(kind)).json() as Promise<Record<string, string>>,
  };
}

describe.skipIf(python === undefined)('with Python', () => {
  test('a Python archive is run by the worker process of the package ts, in its own folder and before inherited paths', async () => {
    const { json } = await start({ config: 'batchSize: 1\n' }, { threads: 3 });
    const load = await json('load');
    expect(load).toMatchObject({ name: 'kinds', batch: 1, handler: 'kinds.py', gpu: -1, envelope: '', limit: true });
    const environment = await json('environment');
    expect(environment.cwd).toBe(load.path);
    expect(environment.path?.[0]).toBe(load.path);
    expect(environment).toMatchObject({
      TS_DECODE_INPUT_REQUEST: 'true',
      OMP_NUM_THREADS: '3',
      ORT_DISABLE_TELEMETRY: '1',
    });
  });

  test('configuration reaches the worker: envelope, decoding, pixel limit, GPU id, and no withheld variable', async () => {
    const properties = [
      'service_envelope=json',
      'decode_input_request=false',
      'limit_max_image_pixels=false',
      'blacklist_env_vars=SECRET_.*',
    ];
    const context = { 'config.properties': properties.join('\n') };
    process.env.SECRET_OF_TEST = 'x';
    const { json } = await start(
      { config: 'deviceType: gpu\ndeviceIds: [2]\n' },
      { tsConfig: 'config.properties' },
      context,
    );
    delete process.env.SECRET_OF_TEST;
    expect(await json('load')).toMatchObject({ envelope: 'json', limit: false, gpu: 2 });
    const environment = await json('environment');
    expect(environment.TS_DECODE_INPUT_REQUEST).toBe('false');
    expect(environment).not.toHaveProperty('SECRET_OF_TEST');
  });

  test.each([
    ['its devices', {}, 'deviceIds: [2, 5]\n', [2, 2, 5, 5]],
    ['those of number_of_gpu', { number_of_gpu: 2 }, '', [0, 0, 1, 1]],
    [
      'those of number_of_gpu, when one of its own is beyond',
      { number_of_gpu: 4 },
      'deviceIds: [0, 4]\n',
      [0, 1, 2, 3],
    ],
    ['none with number_of_gpu=0', { number_of_gpu: 0 }, 'deviceIds: [0]\n', [-1, -1, -1, -1]],
  ])('workers of one model get %s in turn', async (_, properties, ids, dealt) => {
    const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}\n`);
    const { json } = await start(
      { config: `deviceType: gpu\n${ids}minWorkers: 4\nmaxWorkers: 4\n` },
      {},
      {
        'config.properties': lines.join(''),
      },
    );
    const seen = new Map<string, string>();
    // Whoever is free answers: asked until all four have.
    while (seen.size < 4) {
      for (const load of await Promise.all(Array.from({ length: 8 }, () => json('load'))))
        seen.set(load.pid as string, load.gpu as string);
    }
    expect([...seen.values()].sort()).toEqual(dealt);
  });

  test('a streamed answer is forwarded part by part, and cut off when the worker dies', async () => {
    const { ask } = await start();
    const streamed = await ask('stream');
    expect([streamed.status, streamed.headers.get('ts_stream_next')]).toEqual([200, 'true']);
    expect(streamed.headers.get('content-length')).toBeNull();
    expect(await streamed.text()).toBe('one two three');
    await expect(ask('cut').then((response) => response.text())).rejects.toThrow();
    expect((await ask('plain')).status).toBe(200);
  });

  test('status, reason, headers, explanations and the handler’s own description reach the client', async () => {
    const { ask, url } = await start();
    const teapot = await ask('status');
    expect([teapot.status, teapot.statusText, teapot.headers.get('x-own')]).toEqual([418, 'teapot', 'yes']);
    expect(await (await ask('', '/explanations/kinds')).json()).toMatchObject({ explain: 'True' });
    const [described] = (await (await fetch(`${url}/models/kinds?customized=true`)).json()) as object[];
    expect(described).toMatchObject({ customizedMetadata: { from: 'python' } });
  });

  test('a worker that is killed, raises, hangs or prints megabytes fails only its own request, with the reason', async () => {
    const { ask } = await start();
    const impatient = await start({ config: 'responseTimeout: 2\n' });
    const reasonOf = async (answer: Promise<Response>) =>
      ((await (await answer).json()) as { message: string }).message;
    expect(await (await ask('noise')).text()).toBe('quiet again');
    expect(await reasonOf(ask('kill'))).toContain('ended by SIGKILL');
    expect(await reasonOf(ask('raise'))).toContain("Cause: KeyError: 'of the handler' (kinds.py, line ");
    expect(await reasonOf(impatient.ask('hang'))).toContain('no answer within 2 s');
    for (const one of [ask, impatient.ask]) expect((await one('plain')).status).toBe(200);
  });

  test('a handler that cannot be imported is reported in one line, followed by the log', async () => {
    await expect(
      start({ code: 'import no_such_module_here\n\ndef handle(rows, context):\n    return []\n' }),
    ).rejects.toThrow("Cause: ModuleNotFoundError: No module named 'no_such_module_here' (kinds.py, line 1).");
  });

  test('a handler in a folder of the archive is found, and one next to the archive is never run', async () => {
    const outside = await tempTree({ 'kinds.py': 'raise SystemExit("run from outside")\n' });
    const { ask } = await start({ handler: `${outside}/kinds.py:handle` });
    expect((await ask('plain')).status).toBe(200);
    await expect(start({ member: 'other.py', handler: `${outside}/kinds.py` })).rejects.toThrow(
      /neither a member of the archive/,
    );
  });

  test('a dangerous pickle is refused before any Python starts', async () => {
    const folder = await tempTree({});
    const probe = join(folder, 'python');
    await writeFile(probe, `#!/bin/sh\ntouch ${join(folder, 'started')}\nexit 1\n`);
    await chmod(probe, 0o755);
    const evil = await readFile(join(packageRoot, 'test/fixtures/hostile/mar/dangerous/c-evil-weights.mar'));
    await writeFile(join(folder, 'evil.mar'), evil);
    const run = predict({ path: 'evil.mar', input: 'evil.mar', python: probe }, testContext(folder, { env }));
    await expect(run).rejects.toMatchObject({ code: 'ARCHIVE_REFUSED' });
    await expect(readFile(join(folder, 'started'))).rejects.toThrow();
  });

  test('mar predict answers from a Python archive, with the parts of a stream joined', async () => {
    const folder = await tempTree({ 'in.txt': 'x' });
    const code = 'def handle(rows, context):\n    context.send(["one "])\n    return ["two"]\n';
    const path = await archiveOf(folder, { code });
    const result = await predict(
      { path: path, input: 'in.txt', python: python as string },
      testContext(folder, { env }),
    );
    expect(result).toMatchObject({ status: 200, body: { kind: 'text', value: 'one two' } });
  });

  test('mar validate --run sends a request to a Python archive in the given Python, reports why it fails, and warns if it cannot be run', async () => {
    const run = async (archive: Archive, chosen: string) => {
      const folder = await tempTree({});
      const path = await archiveOf(folder, archive);
      const context = testContext(folder, { env });
      const { findings, passed } = await validate({ path, run: true, python: chosen, only: ['handler'] }, context);
      return { passed, said: findings.map(({ severity, rule, message }) => `${severity} ${rule} ${message}`) };
    };
    const answering = 'def handle(rows, context):\n    return ["yes" for row in rows]\n';
    expect(await run({ code: answering }, python as string)).toEqual({ passed: true, said: [] });
    const failing = 'def handle(rows, context):\n    print("a word before")\n    raise KeyError("colour")\n';
    const { said } = await run({ code: failing }, python as string);
    expect(said[0]).toMatch(/^warning handler\/answers .*KeyError: 'colour' \(kinds\.py, line 3\)/);
    const importing = await run({ code: `import left_pad\n${answering}` }, python as string);
    expect(importing.said.join('\n')).toMatch(
      /^error handler\/loads The worker cannot load the model: ModuleNotFoundError: No module named 'left_pad' \(kinds\.py, line 1\)/m,
    );
    const nowhere = await run({ code: answering }, '/no/such/python');
    expect(nowhere.said[0]).toMatch(/^warning handler\/loads The model was not run: .*\/no\/such\/python/);
  });

  test('requirements are installed for the handler, also from the archive itself, and pip’s output is logged', async () => {
    const wheel = makeZip([
      { name: 'tiny.py', content: 'COLOUR = "blue"\n' },
      { name: 'tiny-1.0.dist-info/METADATA', content: 'Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n' },
      {
        name: 'tiny-1.0.dist-info/WHEEL',
        content: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
      },
      { name: 'tiny-1.0.dist-info/RECORD', content: 'tiny.py,,\ntiny-1.0.dist-info/METADATA,,\n' },
    ]);
    const archive = {
      code: 'import tiny\n\ndef handle(rows, context):\n    return [tiny.COLOUR + tiny.__file__ for row in rows]\n',
      model: { requirementsFile: 'requirements.txt' },
      files: { 'requirements.txt': './tiny-1.0-py3-none-any.whl\n', 'tiny-1.0-py3-none-any.whl': wheel },
    };
    const context = { 'config.properties': 'install_py_dep_per_model=true\n' };
    const { ask, context: recorded } = await start(archive, { tsConfig: 'config.properties' }, context);
    expect(await (await ask('plain')).text()).toMatch(/^blue.*\.requirements.tiny\.py$/);
    expect(recorded.messages()).toContainEqual(expect.stringMatching(/^\[kinds\] Successfully installed tiny-1\.0/));
  });

  test('requirements are installed only on request, into the model’s folder; a failure has pip’s output', async () => {
    const model = { requirementsFile: 'requirements.txt' };
    const files = { 'requirements.txt': './no-such-package-here\n' };
    expect((await (await start({ model, files })).ask('plain')).status).toBe(200);
    const context = { 'config.properties': 'install_py_dep_per_model=true\n' };
    const failing = start({ model, files }, { tsConfig: 'config.properties' }, context);
    await expect(failing).rejects.toThrow(
      /Custom pip package installation failed for model kinds[\s\S]*no-such-package-here/,
    );
  });
});

describe.skipIf(python === undefined)('findPython', () => {
  const search = { runtime: 'python', env, cwd: packageRoot };
  test('reports what is missing and the command that installs it', async () => {
    const bare = { ...env, PYTHONPATH: '' };
    const probe = await findPython(
      { ...search, chosen: python, env: bare },
      { module_that_nobody_has: 'package-that-nobody-has' },
    );
    expect(probe).toMatchObject({
      kind: 'lacking',
      reason: expect.stringMatching(
        / lacks .*module_that_nobody_has: type ".* -m pip install .*package-that-nobody-has"/,
      ),
    });
  });

  test('a folder is used as a virtual environment, and the active one overrides the PATH', async () => {
    const folder = await tempTree({});
    await mkdir(join(folder, 'bin'));
    const real = execFileSync(python as string, ['-c', 'import sys; print(sys.executable)'], {
      encoding: 'utf8',
    }).trim();
    await symlink(real, join(folder, 'bin/python'));
    const expected = { kind: 'found', environment: { executable: join(folder, 'bin/python') } };
    expect(await findPython({ ...search, chosen: folder })).toMatchObject(expected);
    expect(await findPython({ ...search, chosen: undefined, env: { ...env, VIRTUAL_ENV: folder } })).toMatchObject(
      expected,
    );
  });

  test('a Python that does not run is reported, and no other is tried', async () => {
    const missing = await findPython({ ...search, chosen: '/no/such/python' });
    expect(missing).toMatchObject({ kind: 'lacking', reason: expect.stringContaining('/no/such/python') });
    const broken = await findPython({ ...search, chosen: process.execPath });
    expect(broken).toMatchObject({ kind: 'lacking', reason: expect.stringContaining('does not run') });
  });
});
