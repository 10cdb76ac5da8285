import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../core/package-info.ts';

/** Computes digests chunk by chunk, in parallel with other work on the chunks. */
export interface Sha256 {
  /** Settles when the chunk may be reused. */
  update(piece: Uint8Array): Promise<void>;
  /** Hexadecimal; the next update starts a new digest. */
  digest(): Promise<string>;
  close(): Promise<void>;
}

/**
 * Shared memory for chunks on their way to the thread. SHA-256 is the slowest step of a copy (about 1.7 GB/s with the
 * processor's own instructions); eight chunks let reading and writing continue while it catches up.
 */
const SLOTS = 8;
const SLOT_BYTES = 1024 ** 2;

const workerFile = join(packageRoot, 'dist/archive/bytes/sha256-worker.js');

/** On a thread of its own if the package is built; otherwise in place, with the same result. */
export function createSha256(): Sha256 {
  return existsSync(workerFile) ? threadedSha256(new Worker(workerFile)) : inlineSha256();
}

function inlineSha256(): Sha256 {
  let hash = createHash('sha256');
  return {
    async update(piece) {
      hash.update(piece);
    },
    async digest() {
      const digest = hash.digest('hex');
      hash = createHash('sha256');
      return digest;
    },
    async close() {},
  };
}

/** Messages to the thread: the memory once, then the filled length of a slot, or a request for the digest. */
export type Sha256Request =
  | { readonly memory: SharedArrayBuffer }
  | { readonly offset: number; readonly length: number }
  | 'digest';
/** Messages from the thread: a free slot, or the digest. */
export type Sha256Answer = { readonly freed: number } | { readonly digest: string };

function threadedSha256(worker: Worker): Sha256 {
  const memory = new SharedArrayBuffer(SLOTS * SLOT_BYTES);
  const bytes = new Uint8Array(memory);
  const free = Array.from({ length: SLOTS }, (_, slot) => slot * SLOT_BYTES);
  const post = (request: Sha256Request) => worker.postMessage(request);
  let digest: string | undefined;
  let failure: unknown;
  let wake: () => void = () => {};
  const answered = async () => {
    if (failure === undefined) await new Promise<void>((resolve) => (wake = resolve));
    if (failure !== undefined) throw failure;
  };
  worker.on('message', (answer: Sha256Answer) => {
    if ('freed' in answer) free.push(answer.freed);
    else digest = answer.digest;
    wake();
  });
  worker.on('error', (cause) => {
    failure = cause;
    wake();
  });
  post({ memory });
  return {
    async update(piece) {
      for (let done = 0; done < piece.length; ) {
        const offset = free.pop();
        if (offset === undefined) {
          await answered();
          continue;
        }
        const part = piece.subarray(done, done + SLOT_BYTES);
        bytes.set(part, offset);
        post({ offset, length: part.length });
        done += part.length;
      }
    },
    async digest() {
      digest = undefined;
      post('digest');
      while (digest === undefined) await answered();
      return digest;
    },
    async close() {
      await worker.terminate();
    },
  };
}
