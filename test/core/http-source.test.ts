import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readAll } from '../../src/core/byte-source.ts';
import { openHttp } from '../../src/core/http-source.ts';
import { rangeListener, serveHttp } from '../support/serve-file.ts';
import { tempTree } from '../support/temp-tree.ts';

async function serveBytes(bytes: Uint8Array) {
  const traffic = { requests: 0, bytes: 0 };
  const path = join(await tempTree({ file: bytes }), 'file');
  return { url: `${await serveHttp(rangeListener(path, traffic))}/file`, path, traffic };
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

describe('a file behind a URL', () => {
  test('returns any range, as one read and as a stream', async () => {
    const bytes = randomBytes(300_000);
    const { url } = await serveBytes(bytes);
    const source = await openHttp(url);
    expect(source.size).toBe(bytes.length);
    for (const [offset, length] of [
      [0, 1],
      [100, 70_000],
      [299_999, 1],
      [150_000, 0],
    ] as const) {
      expect(bytes.subarray(offset, offset + length).equals(await source.read(offset, length))).toBe(true);
    }
    expect(bytes.equals(await collect(source.stream()))).toBe(true);
    expect(await collect(source.stream(1000, 1003))).toEqual(bytes.subarray(1000, 1003));
  });

  test('reads neighbouring ranges with one request, and the end of the file with none once it is open', async () => {
    const { url, traffic } = await serveBytes(randomBytes(300_000));
    const source = await openHttp(url);
    await source.read(290_000, 10_000);
    expect(traffic.requests).toBe(1);
    for (let offset = 0; offset < 30_000; offset += 30) await source.read(offset, 30);
    expect(traffic.requests).toBe(2);
  });

  test('may be empty', async () => {
    const source = await openHttp((await serveBytes(new Uint8Array(0))).url);
    expect([source.size, (await readAll(source, 10)).length]).toEqual([0, 0]);
  });

  test('has nothing beyond its end: SOURCE_TRUNCATED, without a request', async () => {
    const { url, traffic } = await serveBytes(randomBytes(10));
    const source = await openHttp(url);
    await expect(source.read(5, 6)).rejects.toMatchObject({ code: 'SOURCE_TRUNCATED' });
    expect(traffic.requests).toBe(1);
  });
});

describe('redirects', () => {
  test('are followed up to five times', async () => {
    const { url: end } = await serveBytes(randomBytes(10));
    const origin = await serveHttp((request, response) => {
      const hop = Number(request.url?.slice(1));
      response.writeHead(302, { location: hop === 1 ? end : `/${hop - 1}` }).end();
    });
    expect((await openHttp(`${origin}/5`)).size).toBe(10);
    await expect(openHttp(`${origin}/6`)).rejects.toMatchObject({
      code: 'HTTP_FAILED',
      message: expect.stringContaining('more than 5 times'),
    });
  });

  test('never leave http', async () => {
    const origin = await serveHttp((_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end());
    await expect(openHttp(origin)).rejects.toThrow('"file:///etc/passwd", which is not an http(s) URL');
  });

  test('do not carry credentials to another host', async () => {
    const seen: (string | undefined)[] = [];
    const { url: end } = await serveBytes(randomBytes(10));
    const other = await serveHttp((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { location: end }).end();
    });
    const origin = await serveHttp((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { location: other }).end();
    });
    const source = await openHttp(origin.replace('//', '//me:s%20cret@'));
    expect(seen).toEqual([`Basic ${Buffer.from('me:s cret').toString('base64')}`, undefined]);
    expect(source.label).not.toContain('cret');
  });
});

describe('a server that', () => {
  const part = { 'content-range': 'bytes 0-9/10' };
  test.each([
    ['sends the whole file', 200, {}, 'x'.repeat(10), 'HTTP_NO_RANGES'],
    ['compresses the range', 206, { ...part, 'content-encoding': 'gzip' }, 'x'.repeat(10), 'HTTP_NO_RANGES'],
    ['does not know the file', 404, {}, '', 'HTTP_FAILED'],
    ['refuses without a length', 416, {}, '', 'HTTP_FAILED'],
    ['names no range', 206, {}, 'x', 'HTTP_FAILED'],
    ['gives an invalid range', 206, { 'content-range': 'bytes 9-0/10' }, 'x', 'HTTP_FAILED'],
    ['names a range behind the end', 206, { 'content-range': 'bytes 0-10/10' }, 'x', 'HTTP_FAILED'],
    ['sends more than it says', 206, part, 'x'.repeat(11), 'HTTP_FAILED'],
    ['sends less than it says', 206, part, 'x'.repeat(9), 'SOURCE_TRUNCATED'],
  ])('%s is refused', async (_, status, headers, body, code) => {
    const origin = await serveHttp((_request, response) => response.writeHead(status, headers).end(body));
    await expect(openHttp(origin)).rejects.toMatchObject({ code });
  });

  test('closes a reused connection is retried once', async () => {
    const { path } = await serveBytes(randomBytes(300_000));
    const answer = rangeListener(path, { requests: 0, bytes: 0 });
    let requests = 0;
    const origin = await serveHttp((request, response) => {
      requests++;
      if (requests === 2) request.socket.destroy();
      else answer(request, response);
    });
    const source = await openHttp(origin);
    expect(await source.read(0, 10)).toHaveLength(10);
    expect(requests).toBe(3);
  });

  test('drops the connection before a response is retried once and refused', async () => {
    let requests = 0;
    const origin = await serveHttp((request) => {
      requests++;
      request.socket.destroy();
    });
    await expect(openHttp(origin)).rejects.toMatchObject({ code: 'HTTP_FAILED' });
    expect(requests).toBe(2);
  });

  test('drops the connection inside a response is refused without a retry', async () => {
    let requests = 0;
    const origin = await serveHttp((request, response) => {
      requests++;
      response.writeHead(206, { 'content-range': 'bytes 0-9/10', 'content-length': 10 }).write('half', () => {
        request.socket.destroy();
      });
    });
    await expect(openHttp(origin)).rejects.toMatchObject({ code: 'HTTP_FAILED' });
    expect(requests).toBe(1);
  });

  test('does not exist is named', async () => {
    await expect(openHttp('http://127.0.0.1:9/x?token=secret')).rejects.toMatchObject({
      code: 'HTTP_FAILED',
      message: expect.not.stringContaining('secret'),
    });
  });

  test('responds with another range than requested is refused', async () => {
    const origin = await serveHttp((request, response) => {
      const range = request.headers.range?.startsWith('bytes=-') ? 'bytes 99990-99999/100000' : 'bytes 1-10/100000';
      response.writeHead(206, { 'content-range': range }).end('x'.repeat(10));
    });
    await expect((await openHttp(origin)).read(0, 10)).rejects.toThrow(
      'bytes 0 to 65536 were requested, 1 to 11 received',
    );
  });

  test.each([
    ['size', '200000', 'a'],
    ['ETag', '100000', 'b'],
  ])('changes the %s of the file between two responses is refused', async (_, size, etag) => {
    const origin = await serveHttp((request, response) => {
      const isFirst = request.headers.range?.startsWith('bytes=-');
      const headers = isFirst
        ? { 'content-range': 'bytes 99990-99999/100000', etag: 'a' }
        : { 'content-range': `bytes 0-65535/${size}`, etag };
      response.writeHead(206, headers).end('x'.repeat(isFirst ? 10 : 65_536));
    });
    await expect((await openHttp(origin)).read(0, 10)).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
  });
});

test('an abort signal ends a request', async () => {
  const controller = new AbortController();
  const origin = await serveHttp(() => controller.abort());
  await expect(openHttp(origin, { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
});
