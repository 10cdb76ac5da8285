import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { makeModel } from '../../serve/serving.ts';
import { binPath } from '../../support/run-cli.ts';
import { tempTree } from '../../support/temp-tree.ts';

/** Seconds of load; the promise is made for 600. */
const SECONDS = Number(process.env.TSMA_SOAK_SECONDS ?? 90);
const CLIENTS = 8;
/** MiB a process may be larger at the end than after the first third: heaps breathe, leaks only grow. */
const ROOM_MIB = 24;
/** Connections that happen to be open when the descriptors are counted. */
const ROOM_DESCRIPTORS = 2 * CLIENTS;

test.skipIf(process.platform !== 'linux')(
  `${SECONDS} s of load, errors and departures leave nothing behind`,
  async () => {
    const folder = await tempTree({ 'tmp/': '' });
    const archive = await makeModel(folder);
    const child = spawn(process.execPath, [binPath('mar'), 'serve', archive, '--port', '0', '--json', '--quiet'], {
      cwd: folder,
      env: { ...process.env, TMPDIR: join(folder, 'tmp') },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const exit = once(child, 'exit');
    let url = '';
    for await (const line of createInterface({ input: child.stdout })) {
      url ||= /"(http:[^"]+)"/.exec(line)?.[1] ?? '';
      if (line === '}') break;
    }
    const ask = (kind: string, init: RequestInit = {}) =>
      fetch(`${url}/predictions/kinds`, { method: 'POST', headers: { 'X-Kind': kind }, body: 'x', ...init });
    const worker = Number(await (await ask('pid')).text());
    const pids = { server: child.pid ?? 0, worker };

    const until = performance.now() + SECONDS * 1000;
    let answers = 0;
    const client = async () => {
      for (let turn = 0; performance.now() < until; turn++) {
        // Mostly good requests; now and then an error, a large answer, an unknown model, or a client that leaves.
        const kind = turn % 50 === 10 ? 'raise' : turn % 50 === 20 ? 'big' : 'dict';
        if (turn % 50 === 30) await ask('slow', { signal: AbortSignal.timeout(20) }).catch(() => {});
        else if (turn % 50 === 40) await (await fetch(`${url}/predictions/nobody`)).text();
        else await (await ask(kind)).arrayBuffer();
        answers++;
      }
    };
    const samples: Footprint[] = [];
    const sampler = async () => {
      while (performance.now() < until) {
        await sleep(Math.min(5_000, SECONDS * 50));
        samples.push(await measure(pids, join(folder, 'tmp')));
      }
    };
    await Promise.all([sampler(), ...Array.from({ length: CLIENTS }, client)]);
    // Sockets that were left in the middle are gone a moment after the load.
    await sleep(1_000);
    const third = samples[Math.floor(samples.length / 3)] as Footprint;
    const last = await measure(pids, join(folder, 'tmp'));
    console.log(`${answers} requests`, { third, last });
    expect(last.serverMiB - third.serverMiB).toBeLessThan(ROOM_MIB);
    expect(last.workerMiB - third.workerMiB).toBeLessThan(ROOM_MIB);
    expect(last.files).toBe(third.files);
    expect(last.descriptors).toBeLessThanOrEqual(third.descriptors + ROOM_DESCRIPTORS);
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
  },
);

interface Footprint {
  readonly serverMiB: number;
  readonly workerMiB: number;
  readonly descriptors: number;
  readonly files: number;
}

async function measure({ server, worker }: { server: number; worker: number }, tmp: string): Promise<Footprint> {
  const rss = async (pid: number) =>
    Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  const descriptors = async (pid: number) => (await readdir(`/proc/${pid}/fd`)).length;
  return {
    serverMiB: Math.round(await rss(server)),
    workerMiB: Math.round(await rss(worker)),
    descriptors: (await descriptors(server)) + (await descriptors(worker)),
    files: await countFiles(tmp),
  };
}

/** Links are not followed: one leads to this package. */
async function countFiles(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true });
  const inside = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => countFiles(join(folder, entry.name))),
  );
  return inside.reduce((sum, count) => sum + count, entries.length);
}
