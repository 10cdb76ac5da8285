import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../core/package-info.ts';
import type { WorkerAddress } from '../protocol/transport.ts';
import { createReaper } from './reaper.ts';

/** Bytes of a Unix socket's path, with its final NUL: 104 on macOS and the BSDs, 108 on Linux. */
const SOCKET_PATH_BYTES = 104;
/** What a bundled handler may import at run time (design decision 14). */
const HANDLER_PACKAGES = ['onnxruntime-node'];

/** A server's private place on disk: extracted models, their node_modules, worker sockets. Gone when the server is, and its workers too. */
export interface RunFolder {
  readonly path: string;
  /** A folder that does not exist yet, for one model. */
  newModelFolder(): string;
  addressFor(workerId: string): Promise<WorkerAddress>;
  /** Ends this worker should the server be killed; the result calls that off. */
  guard(pid: number): () => void;
  remove(): Promise<void>;
}

export async function createRunFolder(): Promise<RunFolder> {
  // mkdtemp creates with mode 0700: other users can neither read models nor reach the sockets.
  const path = await mkdtemp(join(tmpdir(), 'tsma-serve-'));
  const reaper = createReaper(path);
  const models = join(path, 'models');
  await mkdir(models);
  await linkPackages(join(path, 'node_modules'));
  return {
    path,
    newModelFolder: () => join(models, randomUUID()),
    async addressFor(workerId) {
      const socket = join(path, `.ts.sock.${workerId}`);
      if (process.platform !== 'win32' && Buffer.byteLength(socket) < SOCKET_PATH_BYTES)
        return { kind: 'unix', path: socket };
      return { kind: 'tcp', host: '127.0.0.1', port: await findFreePort() };
    },
    guard: reaper.guard,
    async remove() {
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
      reaper.close();
    },
  };
}

/** Node looks for a module's imports in node_modules folders above it, so links above the extracted models are enough. */
async function linkPackages(folder: string): Promise<void> {
  await mkdir(folder);
  await symlink(packageRoot, join(folder, 'ts-model-archiver'), 'junction');
  for (const name of HANDLER_PACKAGES) {
    const installed = findPackage(name);
    if (installed !== undefined) await symlink(installed, join(folder, name), 'junction');
  }
}

function findPackage(name: string): string | undefined {
  for (let folder = packageRoot; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
