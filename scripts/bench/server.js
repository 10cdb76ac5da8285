import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from './machine.js';

/** A port nobody listens on now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts `mar serve` on the archive; `stop` ends it and says whether it went cleanly. */
export async function startServer(archive, flags = []) {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [join(projectRoot, 'bin', 'mar.js'), 'serve', archive, '--port', String(port), '--quiet', ...flags],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const said = [];
  child.stderr.on('data', (chunk) => said.push(chunk));
  const ended = once(child, 'exit');
  return {
    port,
    pid: child.pid,
    /** The first 200 to `ask`, asked again until the server is up. */
    async firstAnswer(ask) {
      for (;;) {
        if (child.exitCode !== null) throw new Error(`mar serve ended with ${child.exitCode}: ${Buffer.concat(said)}`);
        const answer = await ask(port).catch(() => undefined);
        if (answer?.ok) return answer;
        await sleep(5);
      }
    },
    async stop() {
      child.kill('SIGTERM');
      const [code] = await ended;
      if (code !== 0) throw new Error(`mar serve ended with ${code}: ${Buffer.concat(said)}`);
    },
  };
}
