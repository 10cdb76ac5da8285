import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { binPath } from '../support/run-cli.ts';
import { tempTree } from '../support/temp-tree.ts';
import { untilListening } from '../support/until-listening.ts';
import { describeModel, expectKillLoop, isRunning, runKillLoop, sendAtRate } from './chaos.ts';
import { askOver, type Protocol, protocols } from './protocols.ts';
import { type Gate, makeGate, makeModel, startServer } from './serving.ts';

const BATCH = 4;

test.each(protocols)(
  'under random kills every request over %s is answered once, with its own answer or a worker failure',
  async (protocol) => {
    const config = `batchSize: ${BATCH}\nmaxBatchDelay: 5\n`;
    const server = await startServer([{ config }], { workers: 3, grpcPort: 0 });
    const ask = askOver(protocol, server.handle);
    expectKillLoop(await runKillLoop(server, ask, { seconds: 4, clients: 20, pauseMs: [200, 500] }), BATCH);
  },
);

test('a worker whose heap is full fails its request with 507, and the model answers again', async () => {
  const server = await startServer([{}], {}, {}, { NODE_OPTIONS: '--max-old-space-size=48' });
  const response = await server.predict('kinds', 'hoard');
  expect(await response.json()).toMatchObject({ code: 507, message: expect.stringContaining('Out of resources.') });
  expect(response.status).toBe(507);
  expect((await server.predict('kinds', 'str')).status).toBe(200);
});

test('a suspended worker is killed at its timeout', async () => {
  const server = await startServer([{ config: 'responseTimeout: 1\n' }]);
  const pid = Number(await (await server.predict('kinds', 'pid')).text());
  process.kill(pid, 'SIGSTOP');
  const response = await server.predict('kinds', 'str');
  expect([response.status, await response.text()]).toEqual([500, expect.stringContaining('no answer within 1 s')]);
  expect(isRunning(pid)).toBe(false);
  expect((await server.predict('kinds', 'str')).status).toBe(200);
});

test('a request that kills its worker is answered and not retried; the requests queued behind it are served', async () => {
  const server = await startServer([{}]);
  const gate = await makeGate();
  const first = server.predict('kinds', 'gated', gate.path);
  await gate.begun();
  const behind = ['exit', 'str', 'str'].map((kind) => server.predict('kinds', kind));
  await expect.poll(async () => (await describeModel(server)).jobQueueStatus.pendingRequests).toBe(3);
  await gate.open();
  const [poison, ...others] = await Promise.all(behind);
  expect((await first).status).toBe(200);
  expect(poison?.status).toBe(500);
  expect(others.map(({ status }) => status)).toEqual([200, 200]);
  expect(server.context.messages().filter((message) => message.includes('exited with code 3')).length).toBe(1);
});

test.each(protocols)(
  'under overload every request over %s is served or told to come again, and the server recovers',
  async (protocol) => {
    const server = await startServer([{ config: 'jobQueueSize: 5\n' }], { grpcPort: 0 });
    const ask = askOver(protocol, server.handle);
    const { served, refused, wrong } = await sendAtRate(ask, 'fiftieth', 250, 1);
    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(0);
    expect(served).toBeGreaterThan(5);
    expect((await describeModel(server)).jobQueueStatus.pendingRequests).toBe(0);
    expect(await ask('str')).toEqual({ outcome: 'answered', text: 'hello' });
  },
);

/** `mar serve` as a process, with one request that runs until the gate is opened and five that wait for it. */
async function startCli(gate: Gate, protocol: Protocol) {
  const folder = await tempTree({});
  const archive = await makeModel(folder);
  const child = spawn(process.execPath, [binPath('mar'), 'serve', archive, ...LISTEN, '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exit = once(child, 'exit');
  const addresses = await untilListening(child.stdout);
  const ask = askOver(protocol, addresses);
  const pid = Number((await ask('pid')).text);
  const get = (path: string) => fetch(`${addresses.urls.inference}${path}`);
  const running = ask('gated', gate.path);
  await gate.begun();
  const waiting = Array.from({ length: 5 }, () => ask('str'));
  await expect.poll(async () => (await describeModel({ get })).jobQueueStatus.pendingRequests).toBe(5);
  const target = { HTTP: addresses.urls.inference, gRPC: `tcp://${addresses.grpc?.inference}` }[protocol];
  return { child, exit, running, waiting, pid, url: addresses.urls.inference, target };
}

const LISTEN = ['--port', '0', '--grpc-port', '0'];

async function isConnectable(target: string): Promise<boolean> {
  const { hostname, port } = new URL(target);
  const socket = connect(Number(port), hostname);
  const opened = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return opened;
}

test.each(protocols)(
  'SIGTERM finishes running requests over %s, answers every other, and exits with 0',
  async (protocol) => {
    const gate = await makeGate();
    const { child, exit, running, waiting, pid, target } = await startCli(gate, protocol);
    child.kill('SIGTERM');
    // A signal is heard when the process next looks: only then does it refuse connections, and what it answers is its last.
    await expect.poll(() => isConnectable(target)).toBe(false);
    await gate.open();
    expect(await running).toEqual({ outcome: 'answered', text: 'let through' });
    for (const { outcome, text } of await Promise.all(waiting))
      expect(outcome === 'answered' ? text : outcome, text).toBeOneOf(['hello', 'closing']);
    expect(await exit).toEqual([0, null]);
    expect(isRunning(pid)).toBe(false);
  },
);

test.each(protocols)(
  'a second SIGTERM exits at once with 1, while requests over %s run, and no worker survives',
  async (protocol) => {
    const { child, exit, running, waiting, pid } = await startCli(await makeGate(), protocol);
    const ends = Promise.allSettled([running, ...waiting]);
    child.kill('SIGTERM');
    child.kill('SIGTERM');
    // Two signals that come before the process looks count as one.
    const again = setInterval(() => child.kill('SIGTERM'), 200);
    expect(await exit).toEqual([1, null]);
    clearInterval(again);
    await ends;
    await expect.poll(() => isRunning(pid)).toBe(false);
  },
);
