import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { describeModel, expectKillLoop, runKillLoop, sendAtRate } from '../../serve/chaos.ts';
import { askOver, protocols } from '../../serve/protocols.ts';
import { makeModel, startServer } from '../../serve/serving.ts';
import { binPath } from '../../support/run-cli.ts';
import { tempTree } from '../../support/temp-tree.ts';
import { untilListening } from '../../support/until-listening.ts';

/** Seconds of the kill loop; the promise is made for 60. */
const KILL_SECONDS = Number(process.env.TSMA_KILL_SECONDS ?? 60);
/** Seconds at each rate of the overload. */
const OVERLOAD_SECONDS = Number(process.env.TSMA_OVERLOAD_SECONDS ?? 10);
const HALF_OPEN = 1_000;
const CLIENTS = 1_000;
const BATCH = 4;

test.each(protocols)(
  `${KILL_SECONDS} s of killed workers: every request over %s is answered once, failures ≤ kills × batch`,
  async (protocol) => {
    const config = `batchSize: ${BATCH}\nmaxBatchDelay: 5\n`;
    const server = await startServer([{ config }], { workers: 3, grpcPort: 0 });
    const ask = askOver(protocol, server.handle);
    const outcome = await runKillLoop(server, ask, { seconds: KILL_SECONDS, clients: 20, pauseMs: [500, 2_000] });
    const { sent, good, failed, kills } = outcome;
    console.log(`${protocol}: ${sent} requests, ${good} good, ${failed} failed, ${kills} kills`);
    expectKillLoop(outcome, BATCH);
  },
);

test.each(protocols)(
  'at twice and five times its capacity a server does as much over %s as at its best, and is itself again within 5 s',
  async (protocol) => {
    const server = await startServer([{ config: 'jobQueueSize: 20\n' }], { grpcPort: 0 });
    const ask = askOver(protocol, server.handle);
    const goodput = async (perSecond: number) => {
      const { served, refused, wrong, seconds } = await sendAtRate(ask, 'fiftieth', perSecond, OVERLOAD_SECONDS);
      console.log(`${protocol}, ${perSecond}/s: ${(served / seconds).toFixed(1)}/s served, ${refused} refused`);
      expect(wrong).toEqual([]);
      return served / seconds;
    };
    // The handler takes 20 ms, so a worker does at most 50 a second.
    const peak = Math.max(await goodput(40), await goodput(50));
    const loaded = [await goodput(100), await goodput(250)];
    for (const rate of loaded) expect(rate).toBeGreaterThanOrEqual(0.9 * peak);
    await sleep(5_000);
    const { served, refused, wrong } = await sendAtRate(ask, 'fiftieth', 25, 5);
    expect([refused, wrong]).toEqual([0, []]);
    expect(served).toBeGreaterThan(0);
  },
);

test(`${HALF_OPEN} clients that send half a request are disconnected, and others are served meanwhile`, async () => {
  const server = await startServer([{}]);
  const port = Number(new URL(server.handle.urls.inference).port);
  const beginnings = [
    '',
    'POST /predictions/kinds HTTP/1.1\r\nHost: localhost\r\n',
    'POST /predictions/kinds HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc',
  ];
  const open = new Set<Socket>();
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
  });
  for (let i = 0; i < HALF_OPEN; i++) {
    const socket = connect(port, '127.0.0.1');
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => {});
    socket.resume();
    socket.write(beginnings[i % beginnings.length] ?? '');
    if (i % 50 === 0) await sleep(5);
  }
  await expect.poll(async () => (await server.predict('kinds', 'str')).status).toBe(200);
  // Heads are waited for 10 s, a silent body 60 s; the check runs every second.
  await expect.poll(() => open.size, { timeout: 90_000, interval: 500 }).toBe(0);
  expect((await server.predict('kinds', 'str')).status).toBe(200);
});

test('a request head that arrives byte by byte times out', async () => {
  const server = await startServer([{}]);
  const socket = connect(Number(new URL(server.handle.urls.inference).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const answer: Buffer[] = [];
  socket.on('data', (chunk) => answer.push(chunk)).on('error', () => {});
  const text = `POST /predictions/kinds HTTP/1.1\r\nHost: localhost\r\nX-A: ${'a'.repeat(1_000)}`;
  let sent = 0;
  const dripping = setInterval(() => socket.writable && socket.write(text[sent++ % text.length] ?? 'a'), 100);
  onTestFinished(() => clearInterval(dripping));
  await expect.poll(() => Buffer.concat(answer).toString(), { timeout: 20_000 }).toContain(' 408 ');
});

test.each(protocols)(
  `of ${CLIENTS} clients over %s every second one leaves: the others are answered, each once, and nothing waits afterwards`,
  async (protocol) => {
    const server = await startServer([{ config: `jobQueueSize: ${CLIENTS}\n` }], { workers: 2, grpcPort: 0 });
    const ask = askOver(protocol, server.handle);
    const outcomes = await Promise.allSettled(
      Array.from({ length: CLIENTS }, (_, index) =>
        ask('brief', String(index), index % 2 === 0 ? undefined : AbortSignal.timeout(1 + (index % 200))),
      ),
    );
    for (const [index, outcome] of outcomes.entries()) {
      // One that was to leave may have had its answer before.
      if (outcome.status === 'fulfilled') expect(outcome.value).toEqual({ outcome: 'answered', text: String(index) });
      else expect(index % 2).toBe(1);
    }
    expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(CLIENTS / 10);
    await expect.poll(async () => (await describeModel(server)).jobQueueStatus.pendingRequests).toBe(0);
    expect(await ask('str')).toEqual({ outcome: 'answered', text: 'hello' });
  },
);

test.skipIf(process.platform === 'win32')(
  'a server without file descriptors serves again once some are free',
  async () => {
    const folder = await tempTree({});
    const archive = await makeModel(folder);
    const limited = ['-c', 'ulimit -n 160; exec "$@"', 'sh', process.execPath, binPath('mar')];
    const child = spawn('sh', [...limited, 'serve', archive, '--port', '0', '--json'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const { inference: url } = (await untilListening(child.stdout)).urls;
    const ask = () =>
      fetch(`${url}/predictions/kinds`, { headers: { Connection: 'close' } }).then((answer) => answer.text());
    expect(await ask()).toBe('hello');
    const open = Array.from({ length: 400 }, () =>
      connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {}),
    );
    await sleep(1_000);
    expect(open.filter((socket) => !socket.closed && !socket.connecting).length).toBeGreaterThan(0);
    for (const socket of open) socket.destroy();
    await expect.poll(ask, { timeout: 20_000 }).toBe('hello');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  },
);
