import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

const MIB = 1024 ** 2;

/** What one process holds. */
interface ProcessFootprint {
  readonly residentMiB: number;
  readonly descriptors: number;
  readonly sockets: number;
}

/** What a server and one of its workers hold at one moment. */
export interface Footprint {
  readonly server: ProcessFootprint;
  readonly worker: ProcessFootprint;
  /** What is reachable in the server, after a collection: its heap and its buffers. */
  readonly reachableMiB: number;
  readonly timers: number;
  /** Listeners on `process`. */
  readonly listeners: number;
  /** Files and folders in the temporary folder of all of them. */
  readonly files: number;
  /** Node's own, such as that of too many listeners on one emitter. */
  readonly warnings: readonly string[];
}

interface Probed {
  readonly reachableBytes: number;
  readonly timers: number;
  readonly listeners: number;
  readonly warnings: readonly string[];
}

/** `server` has `probe.mjs` in it. */
export async function measure(server: ChildProcess, worker: number, temporary: string): Promise<Footprint> {
  const answer = once(server, 'message');
  server.send('measure');
  const [{ reachableBytes, ...probed }] = (await answer) as [Probed];
  return {
    server: await measureProcess(server.pid ?? 0),
    worker: await measureProcess(worker),
    reachableMiB: reachableBytes / MIB,
    ...probed,
    files: await countFiles(temporary),
  };
}

async function measureProcess(pid: number): Promise<ProcessFootprint> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const names = await readdir(`/proc/${pid}/fd`);
  // One that is closed between the two looks is none.
  const targets = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => undefined)));
  const open = targets.filter((target) => target !== undefined);
  return {
    residentMiB: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
    descriptors: open.length,
    sockets: open.filter((target) => target.startsWith('socket:')).length,
  };
}

/** Links are not followed: one leads to this package. A folder that goes while it is counted has nothing in it. */
async function countFiles(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const inside = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => countFiles(join(folder, entry.name))),
  );
  return inside.reduce((sum, count) => sum + count, entries.length);
}

/** A value at a second. */
export type Sample = readonly [second: number, value: number];

/**
 * By how much a value grows in a minute: the median of the slopes between all pairs (Theil and Sen), so that a few samples
 * taken just before a collection count for nothing.
 */
export function growthPerMinute(samples: readonly Sample[]): number {
  const slopes = samples.flatMap(([start, before], index) =>
    samples.slice(index + 1).map(([end, after]) => (after - before) / (end - start)),
  );
  return (slopes.sort((a, b) => a - b)[Math.floor(slopes.length / 2)] ?? 0) * 60;
}
