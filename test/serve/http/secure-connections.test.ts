import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { secureConnections } from '../../../src/serve/http/secure-connections.ts';
import { createSelfSigned } from '../../../src/serve/tls/self-signed.ts';

const TIMEOUT_MS = 300;
/** More than a handshake takes on a machine with other things to do. */
const PATIENT_MS = 2_000;
/** Longer than any test may take. */
const NEVER_MS = 600_000;

async function listen(timeoutMs: number) {
  const server = createServer((request, response) => response.end(`${request.method} ${request.url}`));
  const drop = secureConnections(server, createSelfSigned(new Date()), timeoutMs);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return { server, drop, port };
}

const open = (port: number, bytes: readonly number[]): Socket => {
  const socket = connect(port, '127.0.0.1', () => socket.write(Uint8Array.from(bytes)));
  socket.on('error', () => {});
  return socket.resume();
};

/** Whether it was ended or reset. */
const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

test.each([
  ['sends nothing', []],
  ['begins a handshake with one byte', [0x16]],
  ['stops within the handshake', [0x16, 3, 1, 1, 0, 1]],
])('a client that %s is disconnected after the handshake timeout', async (_, bytes) => {
  const { port } = await listen(TIMEOUT_MS);
  const begun = performance.now();
  await closed(open(port, bytes));
  expect(performance.now() - begun).toBeGreaterThan(TIMEOUT_MS - 50);
});

test('a client with a slow handshake is served, and then has the full HTTP timeouts', async () => {
  const { port } = await listen(PATIENT_MS);
  const socket = connectSecurely({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  await new Promise((resolve) => setTimeout(resolve, PATIENT_MS * 1.2));
  socket.write('GET /later HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  let answer = '';
  for await (const piece of socket) answer += piece;
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*GET \/later$/);
});

test('closing ends connections whose handshake is unfinished, also later ones, and no other', async () => {
  const { port, drop } = await listen(NEVER_MS);
  const secure = connectSecurely({ port, host: '127.0.0.1', rejectUnauthorized: false });
  // Its answer shows that the server, too, has found the connection secure.
  secure.write('GET /first HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(secure, 'data');
  const early = [open(port, []), open(port, [0x16])];
  drop();
  await Promise.all([...early, open(port, [])].map(closed));
  secure.write('GET /still HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  let answer = '';
  for await (const piece of secure) answer += piece;
  expect(answer).toContain('GET /still');
});
