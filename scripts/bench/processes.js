import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a server gets to answer for the first time. TorchServe starts a JVM and then Python. */
const START_TIMEOUT_MS = 90_000;
/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;

/** Starts a server; `ready` is asked again until it answers 2xx. Gives the milliseconds until then, its memory, and its end. */
export async function startProcess({ command, args, env = {}, cwd, ready }) {
  const start = performance.now();
  // A group of its own: servers with helpers are ended as a whole.
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-2_000);
  });
  const exit = once(child, 'exit').catch((error) => [error.message]);
  const stop = async () => {
    signal(child, 'SIGTERM');
    const late = setTimeout(() => signal(child, 'SIGKILL'), 10_000);
    await exit;
    clearTimeout(late);
    signal(child, 'SIGKILL');
  };
  for (;;) {
    const answer = await ready().catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) {
      const startMs = performance.now() - start;
      const { pid } = child;
      return { startMs, stop, memoryMiB: () => proportionalMemory(pid), processorMs: () => processorTime(pid) };
    }
    const ended = child.exitCode !== null || child.pid === undefined;
    if (ended || performance.now() - start > START_TIMEOUT_MS) {
      await stop();
      throw new Error(`${command} ${ended ? 'ended' : 'did not answer'}: ${said.trim().split('\n').at(-1)}`);
    }
    await sleep(5);
  }
}

function signal({ pid }, name) {
  try {
    process.kill(-pid, name);
  } catch {
    // The whole group is gone already.
  }
}

/** MiB of a process and everything it started, shared pages divided among those that share them (Linux). */
async function proportionalMemory(root) {
  let kib = 0;
  for (const pid of (await findFamily(root)).keys()) {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    kib += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  }
  return kib / 1024;
}

/** Milliseconds that a process and everything it started, as far as it lives, have run, in user and in kernel. */
async function processorTime(root) {
  let ticks = 0;
  for (const fields of (await findFamily(root)).values()) ticks += Number(fields[11]) + Number(fields[12]);
  return ticks * TICK_MS;
}

/** A process and everything it started, with the fields of its `stat` from the state on. */
async function findFamily(root) {
  const all = new Map();
  for (const name of await readdir('/proc')) {
    const stat = /^\d+$/.test(name) ? await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '') : '';
    if (stat !== '') all.set(Number(name), stat.slice(stat.lastIndexOf(')') + 2).split(' '));
  }
  const isOurs = (pid) => pid === root || (all.has(pid) && pid > 1 && isOurs(Number(all.get(pid)[1])));
  return new Map([...all].filter(([pid]) => isOurs(pid)));
}
