/** `scripts/upstream/shims/torchserve`: TorchServe's command over `mar serve`, for what starts and stops it as it does. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { packageRoot } from '../src/core/package-info.ts';
import { tempTree } from './support/temp-tree.ts';

const shim = join(packageRoot, 'scripts/upstream/shims/torchserve');

/** What it prints until it ends, and its exit code; the server it leaves behind prints on. */
function torchserve(folder: string, words: readonly string[], until?: string) {
  const child = spawn('bash', [shim, ...words], { cwd: folder, env: { ...process.env, TMPDIR: folder } });
  let output = '';
  return new Promise<{ output: string; code: number | null }>((resolve) => {
    let code: number | null = null;
    const settle = () => {
      if (until === undefined || output.includes(until)) resolve({ output, code });
    };
    child.once('exit', (status) => {
      code = status;
      if (until === undefined || status !== 0) resolve({ output, code });
      else settle();
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString('utf8');
        if (code === 0) settle();
      });
  });
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports = servers.map((server) => {
    const address = server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

test.skipIf(process.platform !== 'linux')(
  'a server is left behind with the defaults of TorchServe, and stopped',
  async () => {
    const [port, grpcA, grpcB] = await freePorts(3);
    const url = `http://127.0.0.1:${port}`;
    const addresses = ['inference', 'management', 'metrics'].map((role) => `${role}_address=${url}\n`).join('');
    const folder = await tempTree({
      'store/empty.txt': '',
      'c.properties': `${addresses}grpc_inference_port=${grpcA}\ngrpc_management_port=${grpcB}\n`,
    });
    onTestFinished(async () => void (await torchserve(folder, ['--stop', '--foreground'])));
    expect((await torchserve(folder, ['--stop'])).output).toContain('TorchServe is not currently running.');

    const words = ['--start', '--model-store', 'store', '--ts-config=c.properties'];
    const started = await torchserve(folder, words, 'Model server started.');
    expect(started).toMatchObject({ code: 0, output: expect.stringContaining('Model server started.') });
    const key = JSON.parse(await readFile(join(folder, 'key_file.json'), 'utf8')).inference.key;
    expect((await fetch(`${url}/ping`)).status).toBe(400);
    expect((await fetch(`${url}/ping`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toBe('');
    expect(existsSync(join(folder, 'logs/ts_log.log'))).toBe(true);
    expect(existsSync(join(folder, 'logs/config'))).toBe(true);
    expect(await torchserve(folder, words)).toMatchObject({
      code: 1,
      output: expect.stringContaining('already running'),
    });

    expect((await torchserve(folder, ['--stop', '--foreground'])).code).toBe(0);
    await expect(fetch(`${url}/ping`)).rejects.toThrow();
    expect(existsSync(join(folder, 'key_file.json'))).toBe(false);
  },
);
