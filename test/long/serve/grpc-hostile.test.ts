import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { residentBytes } from '../../../src/serve/process/resident-memory.ts';
import { type Ask, askOver } from '../../serve/protocols.ts';
import { makeModel } from '../../serve/serving.ts';
import { PREDICTIONS } from '../../support/http2-client.ts';
import { connectFrames, flood, frames, streamId, times } from '../../support/http2-frames.ts';
import { binPath } from '../../support/run-cli.ts';
import { tempTree } from '../../support/temp-tree.ts';
import { untilListening } from '../../support/until-listening.ts';

const MIB = 2 ** 20;
/** What a server may have beyond what it had: arenas of the allocator, code that was compiled meanwhile. */
const MARGIN_BYTES = 64 * MIB;
const BACK_WITHIN_MS = 30_000;

interface Server {
  readonly target: string;
  readonly ask: Ask;
  resident(): Promise<number>;
  /** As an orchestrator stops it: nothing of it is left. */
  stop(): Promise<void>;
}

/** `mar serve` as a process, warm: what it has now it has for good. */
async function startCli(): Promise<Server> {
  const folder = await tempTree({});
  const archive = await makeModel(folder, { config: 'jobQueueSize: 1000\n' });
  const args = ['serve', archive, '--port', '0', '--grpc-port', '0', '--json', '--quiet'];
  const child = spawn(process.execPath, [binPath('mar'), ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const addresses = await untilListening(child.stdout);
  const ask = askOver('gRPC', addresses);
  for (let i = 0; i < 50; i++) await ask('big');
  const stop = async () => {
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  };
  return { target: addresses.grpc?.inference ?? '', ask, resident: () => residentBytes(child.pid ?? 0), stop };
}

/** A message of gRPC: asks the model `kinds` for a megabyte. */
const bigRequest = (() => {
  const text = (number: number, value: Buffer) =>
    Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), value]);
  const entry = Buffer.concat([text(1, Buffer.from('kind')), text(2, Buffer.from('big'))]);
  const message = Buffer.concat([text(1, Buffer.from('kinds')), text(3, entry)]);
  return Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]);
})();
const ask = (index: number, body: Buffer, isLast: boolean) =>
  Buffer.concat([frames.call(streamId(index), PREDICTIONS), frames.data(streamId(index), body, isLast)]);

async function expectBack(server: Server, before: number): Promise<void> {
  const bound = before + MARGIN_BYTES;
  await expect.poll(server.resident, { timeout: BACK_WITHIN_MS, interval: 500 }).toBeLessThan(bound);
  expect(await server.ask('str')).toEqual({ outcome: 'answered', text: 'hello' });
}

test.skipIf(process.platform !== 'linux')(
  'sixty clients that do not read their answers, or open no window for them: memory is back within 30 s',
  async () => {
    const server = await startCli();
    const before = await server.resident();
    const sockets = Array.from({ length: 60 }, (_, index) => {
      // One half reads nothing from its connection, the other all but the answers.
      const reads = index % 2 === 0;
      const socket = connectFrames(server.target, reads);
      socket.write(frames.settings(reads ? 0 : undefined));
      socket.write(Buffer.concat(Array.from({ length: 12 }, (_, call) => ask(call, bigRequest, true))));
      return socket;
    });
    let most = 0;
    const looking = setInterval(async () => {
      most = Math.max(most, await server.resident());
    }, 100);
    // 720 MB are asked for; the last answer is made when the model has nothing left to do.
    expect((await server.ask('str')).outcome).toBe('answered');
    await expectBack(server, before);
    clearInterval(looking);
    console.log(
      `resident: ${before / MIB} MiB before, ${most / MIB} at most, ${(await server.resident()) / MIB} after`,
    );
    // 256 MiB unread, and what is on its way.
    expect(most - before).toBeLessThan(512 * MIB);
    for (const socket of sockets) socket.resume();
    await expect.poll(() => sockets.filter(({ destroyed }) => !destroyed).length, { timeout: 30_000 }).toBe(0);
    await server.stop();
  },
);

test.skipIf(process.platform !== 'linux')(
  'ten thousand calls that stop in the middle of their message: others are answered, and what they hold is bounded',
  async () => {
    const server = await startCli();
    const before = await server.resident();
    const half = Buffer.concat([Buffer.from([0, 0, 0, 0xff, 0xff]), Buffer.alloc(8_000)]);
    const sockets: Socket[] = [];
    for (let index = 0; index < 10; index++) {
      const socket = connectFrames(server.target, true);
      socket.write(frames.settings());
      sockets.push(socket);
      await flood(
        socket,
        times(1_000, (call) => ask(call, half, false)),
      );
    }
    expect((await server.ask('str')).outcome).toBe('answered');
    expect((await server.resident()) - before).toBeLessThan(512 * MIB);
    // A silent call is waited for 60 s; the check runs every sixth.
    await sleep(70_000);
    expect(await server.ask('str')).toEqual({ outcome: 'answered', text: 'hello' });
    expect((await server.resident()) - before).toBeLessThan(512 * MIB);
    for (const socket of sockets) socket.destroy();
    await server.stop();
  },
);

const COUNT = 100_000;
/** The beginning of a message of four megabytes. */
const FOUR_MIB = Buffer.from([0, 0, 0x3f, 0xff, 0xff]);
const floods: readonly [what: string, make: (index: number) => Buffer][] = [
  ['settings', () => frames.settings()],
  ['pings', () => frames.ping()],
  ['calls that it resets', (i) => Buffer.concat([ask(i, bigRequest, true), frames.reset(streamId(i))])],
  [
    'empty pieces of one message',
    (i) => (i === 0 ? frames.call(1, PREDICTIONS) : frames.data(1, Buffer.alloc(0), false)),
  ],
  ['one byte at a time', (i) => (i === 0 ? ask(0, FOUR_MIB, false) : frames.data(1, Buffer.of(1), false))],
];

test.skipIf(process.platform !== 'linux').each(floods)(
  `a client that sends ${COUNT} %s costs no memory, and nobody else’s answers`,
  async (_, make) => {
    const server = await startCli();
    const before = await server.resident();
    for (const reads of [true, false]) {
      const socket = connectFrames(server.target, reads);
      socket.write(frames.settings());
      const flooding = flood(socket, times(COUNT, make));
      for (let i = 0; i < 5; i++) expect((await server.ask('str')).outcome).toBe('answered');
      await flooding;
    }
    await expectBack(server, before);
    await server.stop();
  },
);
