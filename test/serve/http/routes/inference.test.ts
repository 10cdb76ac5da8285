import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { fixture, startServer } from '../../serving.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('an answer has the content its handler returned, and only the headers it set', async () => {
  const { predict } = await startServer([{}]);
  const expected = {
    str: 'hello',
    float: '0.5',
    list: '[\n  1,\n  2,\n  3\n]',
    dict: '{\n  "a": 1,\n  "b": [\n    1.5,\n    null,\n    true\n  ]\n}',
    none: 'null',
    uni: 'héllo',
    bool: 'true',
  };
  for (const [kind, body] of Object.entries(expected)) {
    const response = await predict('kinds', kind);
    expect([kind, response.status, await response.text(), response.headers.get('content-type')]).toEqual([
      kind,
      200,
      body,
      null,
    ]);
  }
  expect((await predict('kinds', 'hdr')).headers.get('x-mine')).toBe('yes');
  expect((await predict('kinds', 'type')).headers.get('content-type')).toBe('text/plain');
  const teapot = await predict('kinds', 'code');
  expect([teapot.status, teapot.statusText, await teapot.text(), teapot.headers.get('connection')]).toEqual([
    418,
    'teapot',
    'tea',
    'close',
  ]);
});

test('every answer has the headers of contract 3.1, and a request id of the server', async () => {
  const { handle, get } = await startServer([{}]);
  for (const response of [
    await get('/ping'),
    await get('/nothing'),
    await fetch(`${handle.urls.inference}/predictions/kinds`, { headers: { 'x-request-id': 'mine' } }),
  ]) {
    expect(response.headers.get('x-request-id')).toMatch(UUID);
    expect(response.headers.get('pragma')).toBe('no-cache');
    expect(response.headers.get('cache-control')).toBe('no-cache; no-store, must-revalidate, private');
    expect(response.headers.get('expires')).toBe('Thu, 01 Jan 1970 00:00:00 UTC');
  }
});

test('a handler cannot inject a header or a status line', async () => {
  const { predict } = await startServer([{}]);
  const response = await predict('kinds', 'inject');
  expect([response.status, await response.text()]).toEqual([200, 'safe']);
  expect(response.headers.has('x-evil')).toBe(false);
  expect(response.headers.has('x-split')).toBe(false);
});

test('errors have TorchServe’s JSON form, status and messages', async () => {
  const { handle, get, predict } = await startServer([{}]);
  const cases = [
    [
      await get('/foo/bar'),
      404,
      'ResourceNotFoundException',
      'Requested resource is not found, please refer to API document.',
    ],
    [
      await get('/'),
      405,
      'MethodNotAllowedException',
      'Requested method is not allowed, please refer to API document.',
    ],
    [
      await fetch(`${handle.urls.management}/models`, { method: 'PUT' }),
      405,
      'MethodNotAllowedException',
      'Requested method is not allowed, please refer to API document.',
    ],
    [await get('/predictions/nope'), 404, 'ModelNotFoundException', 'Model not found: nope'],
    [await get('/predictions//kinds'), 404, 'ModelNotFoundException', 'Model not found: '],
    [
      await get('/predictions/kinds/7.0'),
      404,
      'ModelVersionNotFoundException',
      'Model version: 7.0 does not exist for model: kinds',
    ],
    [await predict('kinds', 'raise'), 503, 'InternalServerException', 'Prediction failed'],
  ] as const;
  for (const [response, code, type, message] of cases) {
    expect(response.status).toBe(code);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('connection')).toBe('close');
    expect(await response.text()).toBe(`${JSON.stringify({ code, type, message }, null, 2)}\n`);
  }
});

test('paths are read as TorchServe reads them: decoded first, slashes at the end ignored', async () => {
  const { get } = await startServer([{}]);
  for (const path of ['/ping', '/ping/', '/ping?x=1'])
    expect(await (await get(path)).json()).toEqual({ status: 'Healthy' });
  for (const path of [
    '/predictions/%6Binds',
    '/predictions/kinds/',
    '/predictions/kinds/1.0',
    '/predictions/kinds/1.0/and/more',
    '/predictions%2Fkinds',
  ]) {
    expect([path, (await get(path)).status]).toEqual([path, 200]);
  }
});

test('every method predicts', async () => {
  const { handle } = await startServer([{}]);
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']) {
    expect([method, (await fetch(`${handle.urls.inference}/predictions/kinds`, { method })).status]).toEqual([
      method,
      200,
    ]);
  }
});

test('a body becomes the parameters of the contract', async () => {
  const { handle } = await startServer([{ name: 'dump', code: await fixture('dump.mjs') }]);
  const send = async (type: string | undefined, body: string, query = '') => {
    const headers = type === undefined ? {} : { 'content-type': type };
    return (
      await fetch(`${handle.urls.inference}/predictions/dump${query}`, {
        method: 'POST',
        headers,
        body: Buffer.from(body),
      })
    ).json();
  };
  const multipart =
    '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name="f"; filename="f.txt"\r\n' +
    'Content-Type: text/plain\r\n\r\nfile-bytes\r\n--b\r\nContent-Disposition: form-data; name="j"\r\n\r\n{"x":1}\r\n--b\r\n' +
    'Content-Disposition: form-data; name="a"\r\n\r\n2\r\n--b--\r\n';
  expect(await send('application/json', '{"a":1,"b":[1,2]}')).toEqual({ body: { a: 1, b: [1, 2] } });
  expect(await send('application/json; charset=utf-8', '{"s":"hé"}')).toEqual({ body: { s: 'hé' } });
  expect(await send('application/json', '')).toEqual({ body: '' });
  expect(await send('application/json', '{broken')).toEqual({ body: '{broken' });
  expect(await send('text/csv', '1,2')).toEqual({ body: '1,2' });
  expect(await send('application/octet-stream', 'bytes')).toEqual({ body: 'bytes' });
  expect(await send(undefined, 'no type', '?q=1&data=zz')).toEqual({ body: 'no type' });
  expect(await send('application/x-www-form-urlencoded', 'a=1&b=two&c=%C3%A9')).toEqual({ a: '1', b: 'two', c: 'é' });
  expect(await send('multipart/form-data; boundary=b', multipart)).toEqual({ a: '2', f: 'file-bytes', j: '{"x":1}' });
  expect(await send('multipart/form-data', multipart)).toEqual({ body: multipart });
});

test('a file of a form is text only if its own Content-Type is text', async () => {
  const code =
    'export default { handle: (rows) => rows.map((row) => Object.entries(row).map(([name, value]) => [name, typeof value])) };';
  const { handle } = await startServer([{ name: 'types', code }]);
  const part = (head: string, text: string) => `--X-b\r\n${head}\r\n\r\n${text}\r\n`;
  const body = [
    part('Content-Disposition: form-data; name="bare"; filename="a.txt"', 'x'),
    part('Content-Disposition: form-data; name="typed"; filename="b.txt"\r\ncontent-type: text/plain', 'y'),
    part('Content-Disposition: attachment; name="skipped"\r\nContent-Type: text/plain', 'z'),
    // Headers inside a value are no headers.
    part('Content-Disposition: form-data; name="nested"; filename="c"', 'Content-Type: text/plain\r\n\r\n--X-'),
    part('Content-Disposition: form-data; name="field"', 'v'),
    part('Content-Type: text/csv; charset=utf-8\r\nContent-Disposition: form-data; name="late"; filename="d"', '1,2'),
    '--X-b--\r\n',
  ].join('');
  const response = await fetch(`${handle.urls.inference}/predictions/types`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary="X-b"' },
    body,
  });
  expect(Object.fromEntries((await response.json()) as [string, string][])).toEqual({
    bare: 'object',
    typed: 'string',
    nested: 'object',
    field: 'object',
    late: 'string',
  });
});

test('bytes of a form arrive unchanged', async () => {
  const code = 'export default { handle: (rows) => rows.map((row) => Buffer.from(row.data)) };';
  const { handle } = await startServer([{ name: 'bytes', code }]);
  const bytes = Buffer.from(Array.from({ length: 65_536 }, (_, i) => (i * 7919) & 0xff));
  const form = new FormData();
  form.set('data', new Blob([bytes], { type: 'image/png' }), 'x.png');
  const response = await fetch(`${handle.urls.inference}/predictions/bytes`, { method: 'POST', body: form });
  expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
});

test('a body above the limit is cut off with a JSON 413 that names the option, with or without Content-Length', async () => {
  const server = await startServer(
    [{}],
    { tsConfig: 'config.properties', port: undefined },
    { 'config.properties': `max_request_size=1000\n${free}` },
  );
  const { urls } = server.handle;
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(Buffer.alloc(600)) });
  const bodies = [Buffer.alloc(1001), endless];
  for (const body of bodies) {
    const response = await fetch(`${urls.inference}/predictions/kinds`, {
      method: 'POST',
      body,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 413, message: expect.stringContaining('max_request_size') });
  }
  const within = await fetch(`${urls.inference}/predictions/kinds`, { method: 'POST', body: Buffer.alloc(1000) });
  expect(within.status).toBe(200);
});

test('bytes that are not HTTP get one 400 and a closed connection', async () => {
  const { handle } = await startServer([]);
  const { hostname, port } = new URL(handle.urls.inference);
  for (const text of [
    'nonsense\r\n\r\n',
    'POST /ping HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ]) {
    expect(await sendRaw(hostname, Number(port), text)).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*"BadRequestException"/,
    );
  }
});

const free =
  'inference_address=http://127.0.0.1:0\nmanagement_address=http://127.0.0.1:0\nmetrics_address=http://127.0.0.1:0\n';

function sendRaw(host: string, port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(text));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    socket.on('error', reject);
  });
}
