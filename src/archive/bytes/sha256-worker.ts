import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import type { Sha256Answer, Sha256Request } from './sha256.ts';

/** The thread of `sha256.ts`: hashes slots of shared memory in the order they are given. */
let memory = new SharedArrayBuffer(0);
let hash = createHash('sha256');
const answer = (message: Sha256Answer) => parentPort?.postMessage(message);

parentPort?.on('message', (request: Sha256Request) => {
  if (request === 'digest') {
    answer({ digest: hash.digest('hex') });
    hash = createHash('sha256');
  } else if ('memory' in request) {
    memory = request.memory;
  } else {
    hash.update(new Uint8Array(memory, request.offset, request.length));
    answer({ freed: request.offset });
  }
});
