import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../core/context.ts';
import { describeError, systemCode } from '../../core/errors.ts';
import { findPython } from '../../serve/python/environment.ts';
import type { Check } from './result.ts';

/** Free space below which a model of usual size may not fit: archives are extracted before they are served. */
const SCANT_BYTES = 2 * 1024 ** 3;

/** `mar serve`'s own: inference, management, metrics. */
const PORTS = [8080, 8081, 8082];

export async function checkTemporaryFolder(): Promise<Check> {
  const path = tmpdir();
  const check = { id: 'temporary-folder', purpose: 'extract archives and reach workers' } as const;
  const remedy = 'Set TMPDIR to a folder that can be written, with space for the models.';
  try {
    await rm(await mkdtemp(join(path, 'tsma-doctor-')), { recursive: true });
    const { bavail, bsize } = await statfs(path);
    const free = bavail * bsize;
    const found = `${path}, ${(free / 1024 ** 3).toFixed(1)} GiB free`;
    return free < SCANT_BYTES ? { ...check, status: 'bad', found, remedy } : { ...check, status: 'good', found };
  } catch (error) {
    return { ...check, status: 'bad', found: `${path}: ${systemCode(error) ?? describeError(error)}`, remedy };
  }
}

/** A port that is taken stops nothing that was asked for: a server of ours may have it. */
export async function checkPorts(ports: readonly number[] = PORTS): Promise<Check> {
  const taken: number[] = [];
  for (const port of ports) if (!(await isFree(port))) taken.push(port);
  const check = { id: 'ports', purpose: 'serve (inference, management, metrics)' } as const;
  if (taken.length === 0) return { ...check, status: 'good', found: `${ports.join(', ')} are free` };
  return {
    ...check,
    status: 'absent',
    found: `${taken.join(', ')} ${taken.length === 1 ? 'is' : 'are'} taken`,
    remedy: 'Choose another: mar serve --port 8090',
  };
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** A Python that can run TorchServe's worker. */
export async function checkPython(chosen: string | undefined, { env }: Context): Promise<Check> {
  const check = { id: 'python', purpose: 'run Python handlers (with torch and torchserve)' } as const;
  const folder = await mkdtemp(join(tmpdir(), 'tsma-doctor-')).catch(() => undefined);
  try {
    const probe = await findPython({ chosen, runtime: 'python', env, cwd: folder ?? tmpdir() });
    if (probe.kind === 'found') {
      const { version, executable } = probe.environment;
      return { ...check, status: 'good', found: `${version} (${executable})` };
    }
    const [found = '', ...rest] = probe.reason.split(': ');
    return { ...check, status: 'absent', found, ...(rest.length > 0 && { remedy: rest.join(': ') }) };
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}
