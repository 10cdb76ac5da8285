import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import { createKeyRing } from '../../src/serve/key-ring.ts';
import { tempTree } from '../support/temp-tree.ts';
import { runTool } from '../support/tools.ts';
import { makeModel, serveStore, startServer, type TestKeys } from './serving.ts';

const routes = [
  ['inference', 'GET', '/ping', 'inference'],
  ['inference', 'GET', '/predictions/kinds', 'inference'],
  ['inference', 'POST', '/predictions/kinds/1.0/extra', 'inference'],
  ['inference', 'GET', '/explanations/kinds', 'inference'],
  ['inference', 'GET', '/invocations?model_name=kinds', 'inference'],
  ['inference', 'GET', '/models/kinds/invoke', 'inference'],
  ['inference', 'GET', '/kinds/predict', 'inference'],
  ['inference', 'POST', '/v1/models/kinds:predict', 'inference'],
  ['inference', 'POST', '/v2/models/kinds/infer', 'inference'],
  ['inference', 'OPTIONS', '/predictions/kinds', 'inference'],
  ['inference', 'GET', '/nowhere', 'inference'],
  ['inference', 'GET', '/livez', 'open'],
  ['inference', 'HEAD', '/livez', 'open'],
  ['inference', 'HEAD', '/readyz', 'open'],
  ['inference', 'GET', '/readyz', 'open'],
  ['inference', 'OPTIONS', '/', 'open'],
  ['inference', 'GET', '/api-description', 'open'],
  ['management', 'GET', '/models', 'management'],
  ['management', 'GET', '/models/kinds', 'management'],
  ['management', 'PUT', '/models/kinds?min_worker=1', 'management'],
  ['management', 'PUT', '/models/kinds/1.0/set-default', 'management'],
  ['management', 'POST', '/models?url=none.mar', 'management'],
  ['management', 'DELETE', '/models/none', 'management'],
  ['management', 'GET', '/v1/models/kinds', 'management'],
  ['management', 'GET', '/models?x=/token', 'management'],
  ['management', 'GET', '/nowhere', 'management'],
  ['management', 'GET', '/token?type=inference', 'api'],
  ['management', 'OPTIONS', '/', 'open'],
  ['metrics', 'GET', '/metrics', 'open'],
] as const;

type Kind = keyof TestKeys;
const kinds: readonly Kind[] = ['inference', 'management', 'api'];

/** What a client may send, and whose key it is; undefined is nobody's. */
function credentials(keys: TestKeys): readonly (readonly [string, string | undefined, Kind | undefined])[] {
  const key = keys.inference;
  return [
    ['no header', undefined, undefined],
    ['garbage', 'Bearer garbage', undefined],
    ['an empty key', 'Bearer ', undefined],
    ['the bare key', key, undefined],
    ['bearer in lower case', `bearer ${key}`, undefined],
    ['Basic', `Basic ${key}`, undefined],
    ['a blank inside', `Bearer ${key} ${key}`, undefined],
    ['the key and more', `Bearer ${key}x`, undefined],
    ['half the key', `Bearer ${key.slice(0, 8)}`, undefined],
    ...kinds.map((kind) => [`the ${kind} key`, `Bearer ${keys[kind]}`, kind] as const),
    ['two blanks', `Bearer  ${key}`, 'inference'],
    ['a tab', `Bearer\t${key}`, 'inference'],
  ];
}

interface Seen {
  readonly status: number;
  readonly body: string;
}

function ask(url: string, method: string, path: string, credential: string | undefined): Promise<Seen> {
  const { hostname, port } = new URL(url);
  const headers = credential === undefined ? {} : { Authorization: credential };
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, method, path, headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
    });
    call.on('error', reject);
    call.end();
  });
}

/** A server that asks for keys, with a listener for each role. */
async function guarded() {
  const modelStore = await tempTree({});
  await makeModel(modelStore);
  return serveStore({
    modelStore,
    models: ['kinds-1.0.mar'],
    tokenAuth: true,
    enableModelApi: true,
    inferenceAddress: 'http://127.0.0.1:0',
    managementAddress: 'http://localhost:0',
    metricsAddress: 'http://LOCALHOST:0',
  });
}

test('no route answers without its own key, whatever else is sent', async () => {
  const { handle, folder } = await guarded();
  const wrong: unknown[] = [];
  for (const [role, method, path, access] of routes) {
    const tried = credentials(await currentKeys(folder)).map(async ([what, credential, kind]) => {
      const { status, body } = await ask(handle.urls[role], method, path, credential);
      const isRefused = status === 400 && /"Token Auth(orization|entication) failed\. /.test(body);
      if (isRefused !== (access !== 'open' && kind !== access)) wrong.push({ role, method, path, what, status, body });
    });
    // Side by side: one after the other they wait for the processor 400 times, on a loaded machine two minutes.
    await Promise.all(tried);
  }
  expect(wrong).toEqual([]);
});

test('a key in the query is not accepted', async () => {
  const { handle, keys } = await guarded();
  expect((await ask(handle.urls.inference, 'GET', `/ping?key=${keys.inference}`, undefined)).status).toBe(400);
});

test('renewing ends the old key at once, and the new one is only in the file', async () => {
  const { handle, keys: before, folder } = await guarded();
  const { management, inference } = handle.urls;
  const renewed = await ask(management, 'GET', '/token?type=inference', `Bearer ${before.api}`);
  expect(renewed).toEqual({ status: 200, body: '\n' });
  const after = await currentKeys(folder);
  expect([after.management, after.api]).toEqual([before.management, before.api]);
  expect((await ask(inference, 'GET', '/ping', `Bearer ${before.inference}`)).status).toBe(400);
  expect((await ask(inference, 'GET', '/ping', `Bearer ${after.inference}`)).status).toBe(200);
});

test('the file is readable by its owner only, keys have 128 bits, and the file is removed with the server', async () => {
  const { handle, folder, keys } = await guarded();
  expect((await stat(join(folder, 'key_file.json'))).mode & 0o777).toBe(0o600);
  for (const kind of kinds) expect(Buffer.from(keys[kind], 'base64url')).toHaveLength(16);
  await handle.close();
  await expect(stat(join(folder, 'key_file.json'))).rejects.toThrow();
});

test('neither the file nor its temporary file is ever readable by others, whatever the umask', async () => {
  const folder = await tempTree({});
  const script = `
    import { createKeyRing } from ${JSON.stringify(join(packageRoot, 'dist/serve/key-ring.js'))};
    import { readdirSync, statSync } from 'node:fs';
    import { createHook } from 'node:async_hooks';
    process.umask(0);
    const seen = new Set();
    const look = () => {
      for (const name of readdirSync('.')) {
        const file = statSync(name, { throwIfNoEntry: false });
        if (file !== undefined) seen.add(name.replace(/[0-9a-f]{12}$/, 'draft') + ' ' + (file.mode & 0o777).toString(8));
      }
    };
    // Looks whenever a step of the writing begins or ends.
    createHook({ init: look, before: look, after: look }).enable();
    const options = { path: 'key_file.json', supplied: false, expirationMinutes: 60, now: () => new Date() };
    const ring = await createKeyRing(options);
    await ring.renew('inference');
    look();
    console.log(JSON.stringify([...seen].sort()));`;
  const { stdout } = await runTool(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
  expect(JSON.parse(stdout)).toEqual(['key_file.json 600', 'key_file.json.draft 600']);
});

test('no key is ever logged', async () => {
  const { context, handle, folder } = await startServer([], { tokenAuth: true, logFormat: 'json' });
  const keys = await currentKeys(folder);
  await ask(handle.urls.inference, 'GET', '/ping', `Bearer ${keys.inference}`);
  await expect.poll(() => context.messages().join()).toContain('"/ping"');
  for (const kind of kinds) expect(context.messages().join()).not.toContain(keys[kind]);
});

async function currentKeys(folder: string): Promise<TestKeys> {
  const { inference, management, API } = JSON.parse(await readFile(join(folder, 'key_file.json'), 'utf8'));
  return { inference: inference.key, management: management.key, api: API.key };
}

test('with one port for all APIs each route needs its own key', async () => {
  const { handle, keys } = await serveStore({ port: 0, tokenAuth: true });
  const status = async (path: string, key: string) =>
    (await ask(handle.urls.inference, 'GET', path, `Bearer ${key}`)).status;
  expect(await status('/ping', keys.inference)).toBe(200);
  expect(await status('/ping', keys.management)).toBe(400);
  expect(await status('/models', keys.management)).toBe(200);
  expect(await status('/models', keys.inference)).toBe(400);
  expect(await status('/metrics', 'none')).toBe(200);
});

test('an expired key is refused until it is renewed with the API key, which never expires', async () => {
  const folder = await tempTree({});
  let now = Date.parse('2026-11-23T10:00:00Z');
  const path = join(folder, 'key_file.json');
  const ring = await createKeyRing({ path, supplied: false, expirationMinutes: 60, now: () => new Date(now) });
  const accepts = async (kind: Kind) => ring.accepts(kind, `Bearer ${(await currentKeys(folder))[kind]}`);
  expect(await accepts('inference')).toBe(true);
  now += 60 * 60_000;
  expect([await accepts('inference'), await accepts('management'), await accepts('api')]).toEqual([false, false, true]);
  await ring.renew('inference');
  expect([await accepts('inference'), await accepts('management')]).toEqual([true, false]);
});

const suppliedKeys = {
  management: { key: 'management-key-01' },
  inference: { key: 'inference-key-001' },
  API: { key: 'renewing-key-0001' },
};

test('own keys are required on loopback too, and their file is kept', async () => {
  const folder = await tempTree({});
  const keyFile = join(folder, 'mounted.json');
  const keys = suppliedKeys;
  await writeFile(keyFile, JSON.stringify(keys), { mode: 0o600 });
  const { handle } = await serveStore({ port: 0, keyFile });
  expect((await ask(handle.urls.inference, 'GET', '/ping', `Bearer ${suppliedKeys.inference.key}`)).status).toBe(200);
  await handle.close();
  expect(JSON.parse(await readFile(keyFile, 'utf8'))).toEqual(keys);
});

const unusable: Record<string, [text: string, mode: number, reason: string]> = {
  'that every user can read': [
    JSON.stringify(suppliedKeys),
    0o644,
    'every user of this machine can read it (mode 644)',
  ],
  'that every user alone can read': [JSON.stringify(suppliedKeys), 0o604, 'every user of this machine'],
  'that is no JSON': ['management=key', 0o600, 'JSON'],
  'that is empty': ['', 0o600, 'JSON'],
  'with a short key': [JSON.stringify({ ...suppliedKeys, API: { key: 'x'.repeat(15) } }), 0o600, 'at least 16'],
  'with a key that no header can carry': [
    JSON.stringify({ ...suppliedKeys, inference: { key: 'two words of a key' } }),
    0o600,
    'without white space',
  ],
  'without one of the keys': [JSON.stringify({ ...suppliedKeys, API: undefined }), 0o600, 'API'],
};

test.each(Object.entries(unusable))(
  'a key file %s stops the start with the reason',
  async (_what, [text, mode, reason]) => {
    const folder = await tempTree({});
    const keyFile = join(folder, 'keys.json');
    await writeFile(keyFile, text, { mode });
    await chmod(keyFile, mode);
    await expect(serveStore({ port: 0, keyFile })).rejects.toMatchObject({
      code: 'KEY_FILE_INVALID',
      message: expect.stringContaining(reason),
    });
  },
);

test('a key file readable by the group is used, and with --disable-token-auth no key is required', async () => {
  const folder = await tempTree({});
  const keyFile = join(folder, 'keys.json');
  await writeFile(keyFile, JSON.stringify(suppliedKeys), { mode: 0o640 });
  const asked = await serveStore({ port: 0, keyFile });
  expect((await ask(asked.handle.urls.inference, 'GET', '/ping', undefined)).status).toBe(400);
  const open = await serveStore({ port: 0, keyFile, disableTokenAuth: true });
  expect((await ask(open.handle.urls.inference, 'GET', '/ping', undefined)).status).toBe(200);
});

test('a file without keys is an error before anything listens', async () => {
  const folder = await tempTree({ 'keys.json': '{"inference": {}}' });
  await expect(serveStore({ port: 0, tokenAuth: true, keyFile: join(folder, 'keys.json') })).rejects.toMatchObject({
    code: 'KEY_FILE_INVALID',
  });
});

test.each([['hunter2-key\n'], ['{"management": {"key": "hunter2-key-one"}, "inference": {"key": hunter2-key-two}}']])(
  'the error about a key file never shows its content: %j',
  async (text) => {
    const path = join(await tempTree({}), 'keys.json');
    await writeFile(path, text, { mode: 0o600 });
    const made = createKeyRing({ path, supplied: true, expirationMinutes: 60, now: () => new Date() });
    const error: Error = await made.then(
      () => expect.fail('it must be refused'),
      (refused) => refused,
    );
    expect(error).toMatchObject({ code: 'KEY_FILE_INVALID' });
    expect([error.message, error.cause]).toEqual([expect.not.stringContaining('hunter2'), undefined]);
  },
);

test('a key file that is missing, or is a folder, is reported as any other file', async () => {
  const folder = await tempTree({});
  const options = { supplied: true, expirationMinutes: 60, now: () => new Date() };
  await expect(createKeyRing({ ...options, path: join(folder, 'none.json') })).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
  });
  await expect(createKeyRing({ ...options, path: folder })).rejects.toMatchObject({ code: 'NOT_A_FILE' });
});

test('keys are required if another machine can reach the server, and not on loopback', async () => {
  const open = await serveStore({ inferenceAddress: 'http://0.0.0.0:0', port: 0 });
  const port = new URL(open.handle.urls.inference).port;
  expect((await ask(`http://127.0.0.1:${port}`, 'GET', '/ping', undefined)).status).toBe(400);
  const told = await serveStore({ inferenceAddress: 'http://0.0.0.0:0', port: 0, disableTokenAuth: true });
  const free = new URL(told.handle.urls.inference).port;
  expect((await ask(`http://127.0.0.1:${free}`, 'GET', '/ping', undefined)).status).toBe(200);
  const { get } = await startServer([]);
  expect((await get('/ping')).status).toBe(200);
});
