import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import type { Ask } from './protocols.ts';
import type { TestServer } from './serving.ts';

export interface KillLoop {
  readonly sent: number;
  /** Answers with the request's own id. */
  readonly good: number;
  /** Answers that name a worker's death. */
  readonly failed: number;
  /** Anything else, in words. */
  readonly wrong: readonly string[];
  readonly kills: number;
}

/** Clients that each wait for their answer before they ask again, while now and then a random worker is killed. */
export async function runKillLoop(
  server: Pick<TestServer, 'get'>,
  ask: Ask,
  { seconds, clients, pauseMs }: { seconds: number; clients: number; pauseMs: readonly [from: number, to: number] },
): Promise<KillLoop> {
  const until = performance.now() + seconds * 1000;
  const counts = { sent: 0, good: 0, failed: 0, kills: 0 };
  const wrong: string[] = [];
  const client = async () => {
    while (performance.now() < until) {
      const id = randomUUID();
      counts.sent++;
      const { outcome, text } = await ask('brief', id);
      if (outcome === 'answered' && text === id) counts.good++;
      else if (outcome === 'died') counts.failed++;
      else wrong.push(text);
    }
  };
  const killer = async () => {
    while (performance.now() < until) {
      await sleep(randomInt(...pauseMs));
      const pids = (await describeModel(server)).workers.filter(({ status }) => status === 'READY');
      const victim = pids[randomInt(Math.max(1, pids.length))]?.pid;
      if (victim !== undefined && isRunning(victim) && process.kill(victim, 'SIGKILL')) counts.kills++;
    }
  };
  await Promise.all([killer(), ...Array.from({ length: clients }, client)]);
  return { ...counts, wrong };
}

/** The promise of every kill loop: answered once, with the own answer or a worker's death, of which each costs a batch at most. */
export function expectKillLoop({ sent, good, failed, wrong, kills }: KillLoop, batchSize: number): void {
  expect(wrong).toEqual([]);
  expect(good + failed).toBe(sent);
  expect(kills).toBeGreaterThan(0);
  expect(failed).toBeLessThanOrEqual(kills * batchSize);
  expect(good).toBeGreaterThan(failed);
}

/** Between two requests of a client: enough for a loaded machine to do what the clients wait for. */
const PAUSE_MS = 15;

export interface Clients {
  /** Answers with status 200 in the order they were first seen: text → how often. */
  readonly seen: ReadonlyMap<string, number>;
  /** The other answers, in words. */
  readonly failures: readonly string[];
  stop(): Promise<void>;
}

/** Six clients that ask until they are stopped, or the test ends: some request is always at hand when something changes. */
export function startClients(url: string): Clients {
  const seen = new Map<string, number>();
  const failures: string[] = [];
  let isStopped = false;
  const client = async () => {
    while (!isStopped) {
      const response = await fetch(url, { method: 'POST', body: 'x' });
      const text = await response.text();
      if (response.status === 200) seen.set(text, (seen.get(text) ?? 0) + 1);
      else failures.push(`${response.status} ${text}`);
      await sleep(PAUSE_MS);
    }
  };
  const clients = Promise.all(Array.from({ length: 6 }, client));
  const stop = async () => {
    isStopped = true;
    await clients;
  };
  onTestFinished(stop);
  return { seen, failures, stop };
}

export interface Description {
  readonly workers: readonly { readonly pid: number; readonly status: string }[];
  readonly jobQueueStatus: { readonly pendingRequests: number };
}

export async function describeModel(server: Pick<TestServer, 'get'>, name = 'kinds'): Promise<Description> {
  const [model] = (await (await server.get(`/models/${name}`)).json()) as Description[];
  if (model === undefined) throw new Error('not described');
  return model;
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

export interface Overload {
  readonly served: number;
  readonly refused: number;
  /** Answers that are neither, in words. */
  readonly wrong: readonly string[];
  readonly seconds: number;
}

/** Sends at a fixed rate, whatever comes back: what happens to a server whose clients do not wait for each other. */
export async function sendAtRate(ask: Ask, kind: string, perSecond: number, seconds: number): Promise<Overload> {
  const counts = { served: 0, refused: 0 };
  const wrong: string[] = [];
  const open: Promise<void>[] = [];
  const start = performance.now();
  const one = async () => {
    const { outcome, text } = await ask(kind);
    if (outcome === 'answered') counts.served++;
    else if (outcome === 'refused') counts.refused++;
    else wrong.push(text);
  };
  for (let sent = 0; performance.now() - start < seconds * 1000; ) {
    const due = Math.floor(((performance.now() - start) / 1000) * perSecond);
    for (; sent < due; sent++) open.push(one());
    await sleep(5);
  }
  await Promise.all(open);
  return { ...counts, wrong, seconds: (performance.now() - start) / 1000 };
}
