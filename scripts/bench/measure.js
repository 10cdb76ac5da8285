import { spawn } from 'node:child_process';

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** The value that `share` (0 to 1) of the values do not exceed. */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** Milliseconds of each job, `rounds` times in turn, so that a disturbance of the machine falls on all of them; one warm-up round first. */
export async function interleave(jobs, rounds) {
  const runs = Object.fromEntries(Object.keys(jobs).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, job] of Object.entries(jobs)) {
      const start = performance.now();
      await job();
      if (round > 0) runs[name].push(performance.now() - start);
    }
  }
  return runs;
}

/** Runs a program to its end, its output drained; rejects when it fails. */
export function runQuietly(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = [];
    child.stdout.resume();
    child.stderr.on('data', (chunk) => said.push(chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`${program} ${args.join(' ')} ended with ${code}: ${Buffer.concat(said)}`)),
    );
  });
}

/** What a program wrote to its standard output; rejects when it is not there, or (unless any status will do) when it fails. */
export function readOutput(program, args, { anyStatus = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const said = [];
    child.stdout.on('data', (chunk) => said.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      const text = Buffer.concat(said).toString();
      if (code === 0 || anyStatus) resolve(text);
      else reject(new Error(`${program} ended with ${code}: ${text}`));
    });
  });
}
