import type { ByteSource } from '../core/byte-source.ts';
import type { ArchiveFormat } from './structure/formats.ts';
import { BLOCK_BYTES, parseTarHeader } from './tar/header.ts';

export type DetectedFormat = Exclude<ArchiveFormat, 'folder'> | 'unknown';

/**
 * The format of a file by its bytes. Names are unreliable: TorchServe itself treats every file not named `.mar` as a
 * gzipped tar.
 */
export async function detectFormat(source: ByteSource): Promise<DetectedFormat> {
  const head = Buffer.from(await source.read(0, Math.min(source.size, BLOCK_BYTES)));
  if (head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b) return 'tgz';
  if (
    head.length === BLOCK_BYTES &&
    (typeof parseTarHeader(head) === 'object' || head.toString('latin1', 257, 262) === 'ustar')
  )
    return 'tar';
  // Every record of a ZIP starts with "PK"; a self-extracting one starts with a program and ends with such records.
  if (head.toString('latin1', 0, 2) === 'PK') return 'zip';
  const tail = await source.read(Math.max(0, source.size - 66_000), Math.min(source.size, 66_000));
  return Buffer.from(tail).includes('PK\u0005\u0006', 0, 'latin1') ? 'zip' : 'unknown';
}
