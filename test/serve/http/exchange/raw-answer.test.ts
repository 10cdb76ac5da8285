import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createBodyReader } from '../../../../src/serve/http/exchange/body-reader.ts';
import { startServer } from '../../serving.ts';

/** Everything the server answers to these bytes until it closes; `more` is sent while the connection is open. */
function exchange(url: string, bytes: string, more?: () => string | undefined): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => {});
    const sender = setInterval(() => {
      const next = more?.();
      if (next !== undefined && socket.writable) socket.write(Buffer.from(next, 'latin1'));
    }, 5);
    socket.on('close', () => {
      clearInterval(sender);
      resolve(Buffer.concat(chunks).toString('latin1'));
    });
    socket.write(Buffer.from(bytes, 'latin1'));
  });
}

const statuses = (answer: string) => [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));

/** The start of a request for an echo; the last header closes the connection after the answer. */
const echo = (version = '1.1', target = '/predictions/kinds') =>
  `POST ${target} HTTP/${version}\r\nHost: localhost\r\nX-Kind: echo\r\nConnection: close\r\n`;
const kept = 'POST /predictions/kinds HTTP/1.1\r\nHost: localhost\r\nX-Kind: echo\r\n';

const refused: Record<string, [bytes: string, status: number]> = {
  'both Content-Length and Transfer-Encoding': [
    `${echo()}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /ping`,
    400,
  ],
  'an unknown transfer coding': [`${echo()}Transfer-Encoding: xchunked\r\n\r\nabc`, 400],
  'a coding below the chunks': [`${echo()}Transfer-Encoding: gzip, chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`, 400],
  'a method without a route': [`${echo().replace('POST', 'QUERY')}Content-Length: 1\r\n\r\na`, 404],
  'a form whose boundary is longer than any': [
    `${echo()}Content-Type: multipart/form-data; boundary=${'b'.repeat(300)}\r\nContent-Length: 1\r\n\r\na`,
    400,
  ],
  'chunked that is not the last coding': [`${echo()}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`, 400],
  'two lengths that differ': [`${echo()}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 400],
  'a negative length': [`${echo()}Content-Length: -1\r\n\r\na`, 400],
  'a length with a sign': [`${echo()}Content-Length: +1\r\n\r\na`, 400],
  'an invalid chunk size': [`${echo()}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n`, 400],
  'a chunk size beyond 64 bits': [`${echo()}Transfer-Encoding: chunked\r\n\r\n${'F'.repeat(17)}\r\nabc\r\n`, 400],
  'a folded header line': [`${echo()}X-A: a\r\n b\r\nContent-Length: 1\r\n\r\na`, 400],
  'a NUL in a header': [`${echo()}X-A: a\0b\r\nContent-Length: 1\r\n\r\na`, 400],
  'a space before the colon': [`${echo()}X-A : a\r\nContent-Length: 1\r\n\r\na`, 400],
  'lines that end without CR': [`${echo().replaceAll('\r', '')}Content-Length: 1\n\na`, 400],
  'no host': [`${echo().replace('Host: localhost\r\n', '')}Content-Length: 1\r\n\r\na`, 400],
  'a head that never ends': [`${echo()}X-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  'a TLS greeting': ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc', 400],
  'a tunnel': ['CONNECT x:80 HTTP/1.1\r\nHost: localhost\r\n\r\n', 405],
  'an expectation it does not know': [`${echo()}Expect: magic\r\nContent-Length: 1\r\n\r\na`, 417],
};

const served: Record<string, string> = {
  'HTTP/1.0': `${echo('1.0')}Content-Length: 4\r\n\r\nbody`,
  'a target in absolute form': `${echo('1.1', 'http://elsewhere/predictions/kinds')}Content-Length: 4\r\n\r\nbody`,
  'chunks with extensions and a trailer': `${echo()}Transfer-Encoding: chunked\r\n\r\n2;a=b\r\nbo\r\n2\r\ndy\r\n0\r\nX-T: t\r\n\r\n`,
  'an upgrade that is not taken up': `${echo().replace('close', 'close, Upgrade')}Upgrade: websocket\r\nContent-Length: 4\r\n\r\nbody`,
  'Expect: 100-continue': `${echo()}Expect: 100-continue\r\nContent-Length: 4\r\n\r\nbody`,
};

test('a request that two parsers could read differently gets a 4xx and nothing after it; the rest are served', async () => {
  const { handle, predict } = await startServer([{}]);
  const url = handle.urls.inference;
  for (const [what, [bytes, status]] of Object.entries(refused)) {
    expect([what, ...statuses(await exchange(url, bytes))]).toEqual([what, status]);
  }
  for (const [what, bytes] of Object.entries(served)) {
    const answer = await exchange(url, bytes);
    expect([what, statuses(answer).at(-1), answer.slice(-4)]).toEqual([what, 200, 'body']);
  }
  const pipelined = await exchange(
    url,
    `${kept}Content-Length: 3\r\n\r\none${kept}Content-Length: 3\r\n\r\ntwo${echo()}Content-Length: 5\r\n\r\nthree`,
  );
  expect(statuses(pipelined)).toEqual([200, 200, 200]);
  expect(pipelined.match(/\r\n\r\n(one|two|three)/g)).toEqual(['\r\n\r\none', '\r\n\r\ntwo', '\r\n\r\nthree']);
  expect((await predict('kinds', 'str')).status).toBe(200);
});

test('a body is cut off at the limit, by its length or while its chunks arrive, and the answer names the option', async () => {
  const { handle } = await startServer(
    [{}],
    { tsConfig: 'config.properties' },
    { 'config.properties': 'max_request_size=1000\n' },
  );
  const url = handle.urls.inference;
  const announced = await exchange(url, `${kept}Content-Length: 1000000000\r\n\r\n`);
  const chunk = `100\r\n${'x'.repeat(256)}\r\n`;
  const grown = await exchange(url, `${kept}Transfer-Encoding: chunked\r\n\r\n`, () => chunk);
  for (const answer of [announced, grown]) {
    expect(statuses(answer)).toEqual([413]);
    expect(answer).toMatch(/connection: close/i);
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({
      code: 413,
      type: 'RequestEntityTooLargeException',
      message: expect.stringContaining('max_request_size'),
    });
  }
});

/** As many clients do: sends everything before it reads anything. Resolves with the status, or with why the sending failed. */
function sendAll(url: string, head: string, bytes: number): Promise<number | string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' }).pause();
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    socket.write(head);
    socket.write(Buffer.alloc(bytes), () => {
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk.toString('latin1');
      });
      socket.resume().on('end', () => {
        resolve(statuses(answer).at(-1));
        socket.destroy();
      });
    });
  });
}

test('a client that reads only after sending all of a refused body still gets its answer', async () => {
  const head = `${kept}Content-Length: 8000000\r\n\r\n`;
  for (const [options, status] of [
    [{}, 413],
    [{ tokenAuth: true }, 400],
  ] as const) {
    const { handle } = await startServer([{}], options);
    const answers = Array.from({ length: 10 }, () => sendAll(handle.urls.inference, head, 8_000_000));
    expect(new Set(await Promise.all(answers))).toEqual(new Set([status]));
  }
});

test('a client with Expect: 100-continue is not told to send a body that is refused', async () => {
  const { handle } = await startServer([{}]);
  const ask = `${kept}Expect: 100-continue\r\n`;
  expect(statuses(await exchange(handle.urls.inference, `${ask}Content-Length: 8000000\r\n\r\n`))).toEqual([413]);
  expect(
    statuses(await exchange(handle.urls.inference, `${echo()}Expect: 100-continue\r\nContent-Length: 4\r\n\r\nbody`)),
  ).toEqual([100, 200]);
});

/** A listener with these limits that answers when the whole body is there. */
async function startGuarded(limits: { arrivingBytes: number; idleMs: number }): Promise<string> {
  const bodies = createBodyReader({ requestBytes: 10_000, ...limits });
  const server = createServer((request, response) => {
    bodies.read(request, false, (error, body) => response.end(error?.code ?? `${body.length} bytes`));
  });
  onTestFinished(() => {
    bodies.close();
    server.close();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const post = 'POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n';

test('a client that stops within its body is answered 408, a slow one is not', async () => {
  const url = await startGuarded({ arrivingBytes: 1_000, idleMs: 1_500 });
  const stopped = await exchange(url, `${post}Content-Length: 10\r\n\r\nabc`);
  expect(statuses(stopped)).toEqual([408]);
  // All of it takes longer than a client may be silent.
  let left = 7;
  let due = 0;
  const slow = await exchange(url, `${post}Content-Length: 10\r\n\r\nabc`, () => {
    if (left === 0 || performance.now() < due) return undefined;
    due = performance.now() + 300;
    left--;
    return 'd';
  });
  expect([statuses(slow), slow.endsWith('10 bytes')]).toEqual([[200], true]);
});

test('bodies received at once are limited in total: 503 with Retry-After, until others are finished', async () => {
  const url = await startGuarded({ arrivingBytes: 1_000, idleMs: 2_000 });
  const idle = exchange(url, `${post}Content-Length: 2000\r\n\r\n${'x'.repeat(900)}`);
  const crowd = await exchange(url, `${post}Content-Length: 2000\r\n\r\n${'x'.repeat(900)}`);
  const answers = [await idle, crowd];
  expect(answers.flatMap(statuses).sort()).toEqual([408, 503]);
  expect(answers.find((answer) => answer.includes(' 503 '))).toMatch(/retry-after: 1/);
  expect(statuses(await exchange(url, `${post}Content-Length: 900\r\n\r\n${'x'.repeat(900)}`))).toEqual([200]);
});
