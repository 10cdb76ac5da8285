import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { packageRoot } from '../../../src/core/package-info.ts';
import { addressArguments } from '../../../src/serve/process/worker-kind.ts';
import { startWorker, type Worker } from '../../../src/serve/process/worker-process.ts';
import type { Prediction } from '../../../src/serve/protocol/messages.ts';
import { oneRank } from '../../../src/serve/protocol/ranks.ts';
import type { WorkerAddress } from '../../../src/serve/protocol/transport.ts';
import { tempTree } from '../../support/temp-tree.ts';

const program = join(packageRoot, 'test/fixtures/serve/bad-worker.mjs');

/** A worker with this habit, the lines it wrote, and how often its pid was guarded and released. */
async function startBadWorker(habit: string, transport: WorkerAddress['kind'] = 'unix') {
  const folder = await tempTree({});
  const address: WorkerAddress =
    transport === 'unix'
      ? { kind: 'unix', path: join(folder, 'socket') }
      : { kind: 'tcp', host: '127.0.0.1', port: await freePort() };
  const lines: string[] = [];
  const guarded = new Set<number>();
  const worker = await startWorker({
    launch: {
      command: process.execPath,
      args: [program, habit, ...addressArguments(address)],
      cwd: folder,
      env: process.env,
    },
    address,
    load: {
      kind: 'load',
      modelName: 'm',
      modelPath: folder,
      batchSize: 1,
      handler: 'h',
      gpuId: -1,
      envelope: '',
      limitMaxImagePixels: true,
    },
    ranks: oneRank,
    answersAsDone: false,
    startupTimeoutMs: 10_000,
    limits: { valueBytes: 1_000_000 },
    guard: (pid) => {
      guarded.add(pid);
      return () => guarded.delete(pid);
    },
    onLine: (line) => void lines.push(line),
    ...{ onMetric: () => {} },
    signal: new AbortController().signal,
  });
  onTestFinished(() => worker.stop());
  return { worker, lines, address, guarded };
}

const PATIENT_MS = 60_000;

/** The answer's body, or the code and words of the failure. */
async function ask(worker: Worker, id = 'mine', timeoutMs = PATIENT_MS): Promise<readonly Prediction[]> {
  const { predictions } = await worker.predict([{ id, headers: [], parameters: [] }], timeoutMs);
  return predictions;
}

test.each([
  ['never answers', 'WORKER_DIED', /no answer within 1 s/, 1_000],
  ['stops reading', 'WORKER_DIED', /no answer within 1 s/, 1_000],
  ['answers one byte a second', 'WORKER_DIED', /no answer within 1 s/, 1_000],
  ['sends half a frame and waits', 'WORKER_DIED', /no answer within 1 s/, 1_000],
  ['sends half a frame and leaves', 'WORKER_DIED', /exited with code 0/],
  ['sends garbage', 'WORKER_DIED', /protocol was violated: a message of \d+ bytes/],
  ['claims two gigabytes', 'WORKER_DIED', /a value of 2147483647 bytes, more than 1073741824/],
  ['exits with 0', 'WORKER_DIED', /exited with code 0/],
  ['exits with 137', 'WORKER_OUT_OF_MEMORY', /exited with code 137/],
  ['ends the stream', 'WORKER_DIED', /exited with code 0|connection ended before an answer/],
])(
  'a worker that %s fails its request with the cause, and is removed with its socket',
  async (habit, code, message, timeoutMs?: number) => {
    const { worker, address, guarded } = await startBadWorker(habit);
    expect(guarded).toEqual(new Set([worker.pid]));
    const answer = ask(worker, 'mine', timeoutMs);
    await expect(answer).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await worker.died).toMatchObject({ code });
    expect(isRunning(worker.pid)).toBe(false);
    expect(guarded).toEqual(new Set());
    expect(address.kind === 'unix' && existsSync(address.path)).toBe(false);
  },
);

test('an unexpected answer ends the worker', async () => {
  const { worker } = await startBadWorker('answers twice');
  await ask(worker).catch(() => {});
  expect(await worker.died).toMatchObject({ message: expect.stringContaining('without a request') });
  await expect(ask(worker, 'the next')).rejects.toMatchObject({ code: 'WORKER_DIED' });
});

test('an answer with another request id is never given to this request', async () => {
  const { worker } = await startBadWorker('answers somebody else');
  expect((await ask(worker)).map(({ id }) => id)).toEqual(['not asked']);
});

test('a worker that closes its stdout still answers', async () => {
  const { worker } = await startBadWorker('closes stdout');
  expect(bodies(await ask(worker))).toEqual(['good']);
  expect(bodies(await ask(worker, 'another'))).toEqual(['good']);
});

test('megabytes of output without a line break become one short line', async () => {
  const { worker, lines } = await startBadWorker('writes megabytes');
  expect(bodies(await ask(worker))).toEqual(['good']);
  await expect.poll(() => lines.includes('line 19999')).toBe(true);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(2_100);
  await worker.stop();
});

test('a worker can be reached over TCP', async () => {
  const { worker } = await startBadWorker('answers well', 'tcp');
  expect(bodies(await ask(worker))).toEqual(['good']);
  await worker.stop();
  expect(isRunning(worker.pid)).toBe(false);
});

const bodies = (predictions: readonly Prediction[]) => predictions.map(({ body }) => Buffer.from(body).toString());

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
