import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../core/package-info.ts';
import type { WorkerAddress } from '../protocol/transport.ts';
import { createOrphanReaper } from './orphan-reaper.ts';

/** Bytes of a Unix socket's path, with its final NUL: 104 on macOS and the BSDs, 108 on Linux. */
const SOCKET_PATH_BYTES = 104;
/** Packages that a bundled handler may import at run time (design decision 14). */
const HANDLER_PACKAGES = ['onnxruntime-node'];

/** A server's temporary folder: extracted models, their node_modules, worker sockets. Removed when the server ends, however it ends. */
export interface RunFolder {
  /** Path for one model; not created yet. */
  newModelFolder(): string;
  /** The first of `ranks` addresses that follow each other. */
  addressFor(workerId: string, ranks: number): Promise<WorkerAddress>;
  /** Kills this worker when the server dies; the result cancels that. */
  guard(pid: number): () => void;
  remove(): Promise<void>;
}

export async function createRunFolder(): Promise<RunFolder> {
  // Mode 0700: other users can neither read models nor connect to sockets.
  const path = await mkdtemp(join(tmpdir(), 'tsma-serve-'));
  const reaper = createOrphanReaper(path);
  const models = join(path, 'models');
  await mkdir(models);
  await linkPackages(join(path, 'node_modules'));
  return {
    newModelFolder: () => join(models, randomUUID()),
    async addressFor(workerId, ranks) {
      // Numbers after it are those of other workers.
      const socket = join(path, `.ts.sock.${workerId}${ranks === 1 ? '' : '.0'}`);
      if (process.platform !== 'win32' && Buffer.byteLength(socket) < SOCKET_PATH_BYTES)
        return { kind: 'unix', path: socket };
      return { kind: 'tcp', host: '127.0.0.1', port: await findFreePorts(ranks) };
    },
    guard: reaper.guard,
    async remove() {
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
      reaper.close();
    },
  };
}

/** Node resolves imports in node_modules folders above a module: links above the extracted models are enough. */
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

/** Ports that follow each other may be in use: another beginning is tried this often. */
const PORT_TRIES = 20;

/** The first of `count` free ports that follow each other. */
async function findFreePorts(count: number): Promise<number> {
  for (let tries = 1; ; tries++) {
    const first = await listenBriefly(0);
    try {
      for (let rank = 1; rank < count; rank++) await listenBriefly(first + rank);
      return first;
    } catch (error) {
      if (tries === PORT_TRIES) throw error;
    }
  }
}

/** The port that was listened on; 0 takes a free one. */
function listenBriefly(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
