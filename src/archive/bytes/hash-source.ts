import { createHash } from 'node:crypto';
import type { ByteSource } from '../../core/byte-source.ts';

/** SHA-256 of the whole source, in hexadecimal; it is closed afterwards. `onBytes` hears the bytes done so far. */
export async function hashSource(source: ByteSource, onBytes?: (done: number) => void): Promise<string> {
  const hash = createHash('sha256');
  let done = 0;
  try {
    for await (const piece of source.stream()) {
      hash.update(piece);
      done += piece.length;
      onBytes?.(done);
    }
    return hash.digest('hex');
  } finally {
    await source.close();
  }
}
