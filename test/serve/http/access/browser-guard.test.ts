import { request } from 'node:http';
import { expect, test } from 'vitest';
import type { ServeOptions } from '../../../../src/commands/serve/serve.ts';
import { startServer } from '../../serving.ts';

type Headers = Readonly<Record<string, string>>;
interface Seen {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A request with headers that fetch would not let through. */
function ask(url: string, method: string, path: string, headers: Headers = {}): Promise<Seen> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, method, path, headers, agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() });
    });
    call.on('error', reject).end();
  });
}

async function open(options: ServeOptions = {}, properties = '') {
  const { handle, context } = await startServer(
    [{}],
    { enableModelApi: true, tsConfig: 'config.properties', ...options },
    { 'config.properties': properties },
  );
  const url = handle.urls.inference;
  return {
    url,
    context,
    ask: (method: string, path: string, headers: Headers = {}) => ask(url, method, path, headers),
  };
}

const echo = '/predictions/kinds';
const kind = { 'x-kind': 'str' };

test('without keys on loopback only loopback host names are accepted, for reads too', async () => {
  const server = await open();
  const { port } = new URL(server.url);
  const statusOf = async (host: string) => (await server.ask('GET', '/models', { host })).status;
  const own = [
    'localhost',
    `LOCALHOST:${port}`,
    'localhost.',
    'app.localhost:1',
    '127.0.0.1',
    '127.9.9.9:8080',
    '[::1]:8080',
  ];
  for (const host of own) expect([host, await statusOf(host)]).toEqual([host, 200]);
  const foreign = [
    'rebound.example',
    `evil.example:${port}`,
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '10.0.0.7',
    '[::2]',
    'localhost@evil',
  ];
  for (const host of foreign) expect([host, await statusOf(host)]).toEqual([host, 403]);
  const { body } = await server.ask('GET', '/ping', { host: 'rebound.example' });
  expect(JSON.parse(body)).toMatchObject({ code: 403, type: 'ForbiddenException' });
});

test('--allowed-hosts accepts a host name, or every one', async () => {
  const named = await open({ allowedHosts: 'models.example, other.example' });
  expect((await named.ask('GET', '/ping', { host: 'Models.example:8080' })).status).toBe(200);
  expect((await named.ask('GET', '/ping', { host: 'third.example' })).status).toBe(403);
  const any = await open({ allowedHosts: '*' });
  expect((await any.ask('GET', '/ping', { host: 'third.example' })).status).toBe(200);
});

/** What a page of another origin sends, with and without the headers that only newer browsers know. */
const foreign: readonly Headers[] = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site', origin: 'http://localhost:3000' },
  { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-origin' },
];

/** Everything that changes or runs, whatever method a page can make a browser send. */
const actions: readonly (readonly [method: string, path: string])[] = [
  ['POST', echo],
  ['GET', echo],
  ['HEAD', echo],
  ['PUT', `${echo}/1.0`],
  ['GET', '/explanations/kinds'],
  ['POST', '/invocations'],
  ['GET', '/models/kinds/invoke'],
  ['POST', '/kinds/predict'],
  ['POST', '/v1/models/kinds:predict'],
  ['POST', '/v2/models/kinds/infer'],
  ['POST', '/wfpredict/kinds'],
  ['POST', '/models?url=kinds-1.0.mar&model_name=evil'],
  ['POST', '/workflows?url=evil.war'],
  ['PUT', '/models/kinds?min_worker=0'],
  ['PUT', '/models/kinds/1.0/set-default'],
  ['GET', '/models/kinds?customized=true'],
  ['DELETE', '/models/kinds'],
];

test('a page of another origin changes and runs nothing', async () => {
  const server = await open();
  const wrong: unknown[] = [];
  for (const headers of foreign)
    for (const [method, path] of actions) {
      const { status } = await server.ask(method, path, headers);
      if (status !== 403) wrong.push({ method, path, headers, status });
    }
  expect(wrong).toEqual([]);
  expect((await server.ask('GET', '/models')).body).toContain('"kinds"');
  expect((await server.ask('GET', '/models')).body).not.toContain('evil');
});

test('curl, the playground and links to it still work', async () => {
  const server = await open();
  const { host } = new URL(server.url);
  const own: readonly Headers[] = [
    {},
    { origin: server.url, 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    { host: 'localhost:1', origin: 'http://localhost:1' },
  ];
  for (const headers of own)
    expect([headers, (await server.ask('POST', echo, { ...kind, ...headers })).status]).toEqual([headers, 200]);
  const link = { host, accept: 'text/html', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  expect((await server.ask('GET', '/', link)).status).toBe(200);
  for (const path of ['/ping', '/livez', '/readyz', '/metrics', '/models'])
    expect([path, (await server.ask('GET', path, { 'sec-fetch-site': 'cross-site' })).status]).toEqual([path, 200]);
});

test('a server with keys does not check the origin of a browser', async () => {
  const server = await open({ tokenAuth: true });
  const headers = { host: 'evil.example', origin: 'https://evil.example' };
  expect((await server.ask('POST', echo, headers)).body).toContain('Token Authorization failed');
});

test('--cors-origin allows one origin, and sends the CORS headers to its pages', async () => {
  const server = await open({ corsOrigin: 'https://app.example' });
  const page = { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' };
  const { status, headers } = await server.ask('POST', echo, { ...kind, ...page });
  expect([status, headers['access-control-allow-origin']]).toEqual([200, 'https://app.example']);
  for (const origin of ['https://app.example.evil', 'http://app.example', 'https://app.example:1'])
    expect([origin, (await server.ask('POST', echo, { ...page, origin })).status]).toEqual([origin, 403]);
  expect((await server.ask('POST', echo, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
});

test('an origin with a path is refused', async () => {
  await expect(open({ corsOrigin: 'https://app.example/page' })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
});

const cors = `cors_allowed_origin=*
cors_allowed_methods=GET, POST, PUT, OPTIONS
cors_allowed_headers=X-Custom-Header, content-type
`;

const asked = [
  '/predictions/kinds',
  '/predictions/kinds/1.0',
  '/explanations/kinds',
  '/invocations',
  '/models/kinds/invoke',
  '/v1/models/kinds:predict',
  '/v1/models/kinds:explain',
  '/v2/models/kinds',
  '/v2/models/kinds/infer',
  '/models/kinds',
  '/models/kinds/1.0/set-default',
];

test('cors_* of config.properties allows every route, and a preflight runs no model', async () => {
  const server = await open({ openInferenceProtocol: true }, cors);
  const page = { origin: 'https://any.example', 'sec-fetch-site': 'cross-site' };
  for (const path of asked) {
    const { status, headers, body } = await server.ask('OPTIONS', path, {
      ...page,
      'access-control-request-method': 'POST',
    });
    expect([
      path,
      status,
      body,
      headers['access-control-allow-origin'],
      headers['access-control-allow-headers'],
    ]).toEqual([path, 200, '', '*', 'X-Custom-Header, content-type']);
  }
  expect((await server.ask('GET', '/metrics')).body).not.toMatch(/ts_inference_requests_total\{/);
  expect((await server.ask('POST', echo, { ...kind, ...page })).status).toBe(200);
  expect(server.context.messages().join()).toContain('Every page in a browser of this machine');
});

test('a preflight needs no key, and without configuration the requested headers are allowed', async () => {
  const server = await open({ tokenAuth: true, corsOrigin: 'https://app.example' });
  const { status, headers } = await server.ask('OPTIONS', echo, {
    origin: 'https://app.example',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  });
  expect([status, headers['access-control-allow-methods'], headers['access-control-allow-headers']]).toEqual([
    200,
    'POST',
    'authorization,content-type',
  ]);
});

test('OPTIONS runs no model, preflight or not', async () => {
  const server = await open();
  for (const path of ['/explanations/kinds', '/invocations', '/v1/models/kinds:predict', '/kinds/predict'])
    expect(await server.ask('OPTIONS', path, kind)).toMatchObject({ status: 200, body: '' });
  expect((await server.ask('GET', '/metrics')).body).not.toMatch(/ts_inference_requests_total\{/);
});
