import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A step that failed in a way the reader can act on. */
export class StepFailed extends Error {}

/** Runs a program to its end. What it prints is shown as it comes, or (`quiet`) only when it fails. */
export async function run(program, args, { cwd, quiet = false }) {
  const child = spawn(program, args, {
    cwd,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
  });
  const said = [];
  for (const stream of quiet ? [child.stdout, child.stderr] : []) stream.on('data', (chunk) => said.push(chunk));
  const [code, signal] = await once(child, 'close');
  if (code === 0) return;
  process.stderr.write(Buffer.concat(said));
  throw new StepFailed(`The command above ended with ${code ?? signal}.`);
}

/** npm as the one that runs this script, else the one on the PATH. */
export function npm(...args) {
  const { npm_execpath: script } = process.env;
  if (script?.endsWith('.js')) return [process.execPath, [script, ...args]];
  return process.platform === 'win32' ? ['cmd.exe', ['/d', '/s', '/c', 'npm', ...args]] : ['npm', args];
}

/** The port everyone knows while nobody listens on it, else any free one. */
export async function freePort(preferred) {
  return (await tryPort(preferred)) ?? (await tryPort(0));
}

async function tryPort(port) {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server.address().port;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}
