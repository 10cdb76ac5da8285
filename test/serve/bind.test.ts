import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bindTo } from '../../src/serve/bind.ts';
import { parseAddress } from '../../src/serve/config/address.ts';
import { tempTree } from '../support/temp-tree.ts';

async function bound(address: string) {
  const server = createServer((socket) => socket.end('here'));
  const doors: Server[] = [];
  onTestFinished(() => {
    for (const one of [server, ...doors]) one.close();
  });
  return { url: await bindTo(server, parseAddress(address, '--address', { http: 80, https: 443 }), doors), doors };
}

async function ask(target: { host: string; port: number } | { path: string }): Promise<string> {
  const socket = connect(target);
  let text = '';
  socket.on('data', (piece) => {
    text += piece.toString();
  });
  await once(socket, 'close');
  return text;
}

test('port 0 becomes the port that was assigned', async () => {
  const { url } = await bound('http://127.0.0.1:0');
  const { hostname, port } = new URL(url);
  expect(Number(port)).toBeGreaterThan(0);
  expect(await ask({ host: hostname, port: Number(port) })).toBe('here');
});

test('a Unix socket is listened on', async () => {
  const path = join(await tempTree(), 's');
  await bound(`unix:${path}`);
  expect(await ask({ path })).toBe('here');
});

test('an address in use is named, with the reason', async () => {
  const { url } = await bound('http://127.0.0.1:0');
  await expect(bound(url)).rejects.toMatchObject({
    code: 'LISTEN_FAILED',
    message: expect.stringContaining('another program uses this address'),
  });
});
