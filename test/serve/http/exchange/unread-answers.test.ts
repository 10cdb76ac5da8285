import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createUnreadAnswers, type UnreadLimits } from '../../../../src/serve/http/exchange/unread-answers.ts';

const MIB = 1024 ** 2;
/** More than the system takes for a client that does not read. */
const LARGE = 16 * MIB;

/** A server of one large answer, and of one in small parts with pauses. */
async function start(limits: Partial<UnreadLimits>) {
  const unread = createUnreadAnswers({
    stallMs: 400,
    answerMs: 100_000,
    clientBytes: 100 * MIB,
    totalBytes: 100 * MIB,
    onDisconnect: () => {},
    ...limits,
  });
  const server = createServer(async ({ url }, response) => {
    if (url === '/large') {
      response.end(Buffer.alloc(LARGE));
      unread.watch(response);
      return;
    }
    for (let part = 0; part < 3; part++) {
      response.write('part');
      unread.watch(response);
      await sleep(600);
    }
    response.end();
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  /** Sends requests and reads nothing until told to. */
  const open = async (paths: readonly string[]): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1').pause();
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
    socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''));
    const [accepted] = (await once(server, 'connection')) as [Socket];
    return accepted;
  };
  return { open, unread };
}

test('a client that reads nothing is disconnected after the timeout, with all that is queued for it', async () => {
  const { open, unread } = await start({});
  const sockets = [await open(['/large']), await open(['/large', '/large'])];
  for (const socket of sockets) if (!socket.destroyed) await once(socket, 'close');
  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, true]);
  // The second answer of a connection was never begun, and is forgotten too.
  await expect.poll(() => unread.bytes).toBe(0);
});

test('a client whose unread answers exceed the limit of one client is disconnected at once', async () => {
  const { open } = await start({ stallMs: 60_000, clientBytes: MIB });
  const socket = await open(['/large']);
  if (!socket.destroyed) await once(socket, 'close');
  expect(socket.destroyed).toBe(true);
});

test('one whose many answers together are larger than it may leave is cut too', async () => {
  const { open } = await start({ stallMs: 60_000, clientBytes: 2.5 * LARGE });
  const socket = await open(['/large', '/large', '/large']);
  if (!socket.destroyed) await once(socket, 'close');
  expect(socket.destroyed).toBe(true);
});

test('one that reads on for ever, a little at a time, is cut after the time for one answer', async () => {
  const { open, unread } = await start({ stallMs: 60_000, answerMs: 500 });
  const socket = await open(['/large']);
  if (!socket.destroyed) await once(socket, 'close');
  expect([socket.destroyed, unread.bytes]).toEqual([true, 0]);
});

test('of many the largest are cut until the rest is within the bound of all', async () => {
  const { open } = await start({ stallMs: 60_000, totalBytes: 2.5 * LARGE });
  const sockets: Socket[] = [];
  for (let i = 0; i < 5; i++) sockets.push(await open(['/large']));
  await expect.poll(() => sockets.filter(({ destroyed }) => !destroyed).length).toBeLessThanOrEqual(3);
  expect(sockets.filter(({ destroyed }) => !destroyed).length).toBeGreaterThan(0);
});

test('a client that reads slowly gets everything, and a stream may pause longer than the timeout', async () => {
  const { open } = await start({});
  const { localPort } = await open([]);
  const slow = connect(Number(localPort), '127.0.0.1');
  slow.write('GET /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  const closed = once(slow, 'close');
  let bytes = 0;
  slow.on('data', (chunk) => {
    bytes += chunk.length;
    slow.pause();
    setTimeout(() => slow.resume(), 4);
  });
  const parts = await fetch(`http://127.0.0.1:${localPort}/parts`);
  expect(await parts.text()).toBe('partpartpart');
  await closed;
  expect(bytes).toBeGreaterThan(LARGE);
});
