import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ByteSource, openFile } from '../../core/byte-source.ts';

/**
 * Writes a stream into a private temporary file and opens it. The file is unlinked at once if the platform allows that,
 * so that it never stays behind; elsewhere closing the source removes it.
 */
export async function spoolToTemp(pieces: AsyncIterable<Uint8Array>, label: string): Promise<ByteSource> {
  const folder = await mkdtemp(join(tmpdir(), 'ts-model-archiver-'));
  const path = join(folder, randomBytes(8).toString('hex'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const handle = await open(path, 'wx', 0o600);
    try {
      for await (const piece of pieces) await handle.appendFile(piece);
    } finally {
      await handle.close();
    }
    const source = await openFile(path, label);
    if (process.platform !== 'win32') await remove();
    return {
      ...source,
      label,
      async close() {
        await source.close();
        await remove();
      },
    };
  } catch (cause) {
    await remove();
    throw cause;
  }
}
