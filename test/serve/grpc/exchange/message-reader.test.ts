import { once } from 'node:events';
import { type ClientHttp2Stream, createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type ArrivalLimits, createMessageReader } from '../../../../src/serve/grpc/exchange/message-reader.ts';
import { connectHttp2, REQUEST_FOR_M } from '../../../support/http2-client.ts';

const KIB = 1024;
/** What a client may send of one call while it is not listened to. Of a smaller window Node 22 and newer take more than it says. */
const WINDOW_BYTES = 256 * KIB;

interface Heard {
  readonly messages: Buffer[];
  /** How the call ended: the code of a status, or that all was heard. */
  readonly ends: (number | 'all')[];
  readonly streams: ServerHttp2Stream[];
}

/** A server that only receives; a message that is one byte long is heard when `release` is called. */
async function start(many: boolean, limits: Partial<ArrivalLimits> = {}) {
  const reader = createMessageReader({
    ...{
      messageBytes: 100 * KIB,
      arrivingBytes: 1_000 * KIB,
      idleMs: 60_000,
      windowBytes: 64 * KIB,
      onGivenUp: () => {},
    },
    ...limits,
  });
  const heard: Heard = { messages: [], ends: [], streams: [] };
  const held: (() => void)[] = [];
  const server = createServer({ settings: { initialWindowSize: WINDOW_BYTES } });
  server.on('stream', (stream) => {
    heard.streams.push(stream);
    stream.on('error', () => {});
    const hear = (message: Buffer) => {
      heard.messages.push(message);
      return message.length === 1 ? new Promise<void>((resolve) => held.push(resolve)) : undefined;
    };
    reader.receive(stream, { encoding: undefined, many, hear }).then(
      () => heard.ends.push('all'),
      ({ code }) => heard.ends.push(code),
    );
  });
  onTestFinished(() => {
    reader.close();
    server.close();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { ask } = connectHttp2(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  const open = (...pieces: readonly Buffer[]): ClientHttp2Stream => {
    const stream = ask('/any');
    for (const piece of pieces) stream.write(piece);
    return stream;
  };
  const release = () => {
    for (const resolve of held.splice(0)) resolve();
  };
  return { heard, open, release };
}

const frame = (length: number) => {
  const bytes = Buffer.alloc(5 + length, 7);
  bytes.writeUInt8(0);
  bytes.writeUInt32BE(length, 1);
  return bytes;
};
const DEADLINE_EXCEEDED = 4;
const UNIMPLEMENTED = 12;
const UNAVAILABLE = 14;

test('a message is heard whole, however it is cut', async () => {
  const { heard, open } = await start(true);
  const bytes = Buffer.concat([REQUEST_FOR_M, frame(40 * KIB), frame(0), frame(2)]);
  const stream = open();
  for (let at = 0; at < 100; at++) stream.write(bytes.subarray(at, at + 1));
  stream.end(bytes.subarray(100));
  await expect.poll(() => heard.ends).toEqual(['all']);
  expect(heard.messages.map(({ length }) => length)).toEqual([3, 40 * KIB, 0, 2]);
});

test('half a message is not waited for beyond the time', async () => {
  const { heard, open } = await start(false, { idleMs: 200 });
  open(Buffer.from([0, 0, 0]));
  open();
  await expect.poll(() => heard.ends).toEqual([DEADLINE_EXCEEDED, DEADLINE_EXCEEDED]);
});

test('a client that never ends its stream has its answer, and is not waited for beyond the time', async () => {
  const { heard, open } = await start(false, { idleMs: 200 });
  open(REQUEST_FOR_M);
  await expect.poll(() => heard.ends).toEqual([DEADLINE_EXCEEDED]);
  expect(heard.messages).toHaveLength(1);
});

test('of many who send at once those who exceed the bytes of all are sent away, and the rest is heard', async () => {
  const { heard, open } = await start(false, { arrivingBytes: 290 * KIB });
  const streams = Array.from({ length: 4 }, () => open(frame(90 * KIB).subarray(0, 80 * KIB)));
  await expect.poll(() => heard.ends).toEqual([UNAVAILABLE]);
  for (const stream of streams) stream.end(Buffer.alloc(10 * KIB + 5));
  await expect.poll(() => heard.ends.toSorted()).toEqual([UNAVAILABLE, 'all', 'all', 'all']);
});

test('a client of one message that sends on while it is heard is sent away at once', async () => {
  const { heard, open } = await start(false);
  const stream = open(frame(1));
  await expect.poll(() => heard.messages.length).toBe(1);
  stream.write(frame(10));
  await expect.poll(() => heard.ends).toEqual([UNIMPLEMENTED]);
});

test('a client of many that sends on while it is heard waits', async () => {
  const { heard, open, release } = await start(true, { messageBytes: 600 * KIB });
  const stream = open(frame(1));
  await expect.poll(() => heard.messages.length).toBe(1);
  stream.end(frame(600 * KIB));
  const window = WINDOW_BYTES - frame(1).length;
  await expect.poll(() => heard.streams[0]?.readableLength).toBe(window);
  release();
  await expect.poll(() => heard.ends).toEqual(['all']);
  expect(heard.messages.map(({ length }) => length)).toEqual([1, 600 * KIB]);
});

test('what many clients may send while they are heard is counted beforehand', async () => {
  const { heard, open, release } = await start(true, { arrivingBytes: 190 * KIB });
  // Each may send 64 KiB more: two have room.
  const streams = Array.from({ length: 3 }, () => open(frame(1)));
  await expect.poll(() => heard.ends).toEqual([UNAVAILABLE]);
  expect(heard.messages).toHaveLength(2);
  for (const stream of streams) stream.end(frame(20 * KIB));
  release();
  await expect.poll(() => heard.ends).toEqual([UNAVAILABLE, 'all', 'all']);
  expect(heard.messages.map(({ length }) => length)).toEqual([1, 1, 20 * KIB, 20 * KIB]);
});
