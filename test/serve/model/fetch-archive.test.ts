import { readdir, readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fetchArchive, isPublic } from '../../../src/serve/model/fetch-archive.ts';
import { locateArchive } from '../../../src/serve/model/locate-archive.ts';
import { tempTree } from '../../support/temp-tree.ts';

async function site(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

const anywhere = { allows: () => true, allowsAddress: () => true };

describe('an archive from a URL', () => {
  test('appears atomically, also after a redirect', async () => {
    const url = await site((request, response) => {
      if (request.url === '/old.mar') response.writeHead(302, { location: '/new.mar' }).end();
      else response.end('bytes');
    });
    const folder = await tempTree({});
    await fetchArchive(`${url}/old.mar`, join(folder, 'a.mar'), anywhere);
    expect(await readFile(join(folder, 'a.mar'), 'utf8')).toBe('bytes');
    expect(await readdir(folder)).toEqual(['a.mar']);
  });

  test.each([
    ['an error response', (path: string) => (path === '/' ? 404 : 200)],
    ['a redirect without end', () => 302],
  ])('leaves nothing after %s', async (_what, status) => {
    const url = await site((request, response) => {
      response.writeHead(status(request.url ?? ''), { location: request.url }).end();
    });
    const folder = await tempTree({});
    const fetching = fetchArchive(`${url}/`, join(folder, 'a.mar'), anywhere);
    await expect(fetching).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
    expect(await readdir(folder)).toEqual([]);
  });

  test('leaves nothing when the connection is cut', async () => {
    const url = await site((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setImmediate(() => response.destroy());
    });
    const folder = await tempTree({});
    await expect(fetchArchive(`${url}/a.mar`, join(folder, 'a.mar'), anywhere)).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
    });
    expect(await readdir(folder)).toEqual([]);
  });

  test('a redirect never leaves the allowed URLs', async () => {
    const url = await site((_request, response) => {
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    const folder = await tempTree({});
    const allows = (candidate: string) => candidate.endsWith('/start.mar');
    const fetching = fetchArchive(`${url}/start.mar`, join(folder, 'a.mar'), { ...anywhere, allows });
    await expect(fetching).rejects.toMatchObject({ hint: expect.stringContaining('/elsewhere, which is not allowed') });
  });

  test('no private or loopback address is connected to, by address or by name', async () => {
    const url = await site((_request, response) => response.end('secret'));
    const folder = await tempTree({});
    for (const target of [url, url.replace('127.0.0.1', 'localhost'), url.replace('127.0.0.1', '[::ffff:127.0.0.1]')]) {
      const fetching = fetchArchive(`${target}/a.mar`, join(folder, 'a.mar'), { allows: () => true });
      await expect(fetching).rejects.toMatchObject({ hint: expect.stringContaining('private network') });
    }
  });

  test('an existing archive is never replaced', async () => {
    const folder = await tempTree({ 'a.mar': 'old', 'from.mar': 'new' });
    const url = pathToFileURL(join(folder, 'from.mar')).href;
    await expect(fetchArchive(url, join(folder, 'a.mar'), anywhere)).rejects.toMatchObject({
      code: 'MODEL_FILE_EXISTS',
    });
    expect(await readFile(join(folder, 'a.mar'), 'utf8')).toBe('old');
  });
});

test.each([
  '10.1.2.3',
  '127.0.0.1',
  '169.254.169.254',
  '172.31.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  '::ffff:10.0.0.1',
  'fd00::1',
  'fe80::1',
  '64:ff9b::a00:1',
])('%s is not a public address', (address) => {
  expect(isPublic(address)).toBe(false);
});

test.each(['93.184.216.34', '172.32.0.1', '2606:2800:220:1::1'])('%s is a public address', (address) => {
  expect(isPublic(address)).toBe(true);
});

describe('a name of the management API', () => {
  const allowedUrls = [/^(?:file:\/\/.*)$/i];

  test.each([
    ['', 'empty url'],
    ['../a.mar', 'Relative path is not allowed in url: ../a.mar'],
    ['http://example.com/a.mar', 'Given URL http://example.com/a.mar does not match any allowed URL(s)'],
    ['HTTPS://example.com/a.mar', 'Given URL HTTPS://example.com/a.mar does not match any allowed URL(s)'],
    ['a\\b.mar', 'Model not found at: a\\b.mar'],
    ['file:///etc/a%2fb.mar', 'Model not found at: file:///etc/a%2fb.mar'],
    ['none.mar', 'Model not found at: none.mar'],
  ])('%j is not found, in TorchServe’s words', async (url, message) => {
    const modelStore = await tempTree({ 'b.mar': '' });
    await expect(locateArchive(url, { modelStore, allowedUrls })).rejects.toMatchObject({ message });
  });

  test('is looked up in the store by its last segment; a folder with a single subfolder stands for it', async () => {
    const modelStore = await tempTree({ 'a.mar': '', 'unpacked/m/MAR-INF/MANIFEST.json': '{}' });
    const find = (url: string) => locateArchive(url, { modelStore, allowedUrls });
    expect(await find('/somewhere/else/a.mar')).toEqual({ path: join(modelStore, 'a.mar'), fetched: false });
    expect(await find('unpacked')).toEqual({ path: join(modelStore, 'unpacked/m'), fetched: false });
  });
});
