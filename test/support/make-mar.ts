import type { Compression } from '../../src/archive/plan/write-options.ts';
import type { WrittenFormat } from '../../src/archive/structure/formats.ts';
import type { PlannedFile } from '../../src/archive/structure/types.ts';
import { writeArchive } from '../../src/archive/write.ts';
import { bufferSource } from '../../src/core/byte-source.ts';
import { toArchivePath } from '../../src/core/paths.ts';

export interface MarContent {
  /** Members beside the manifest: path → text or bytes. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** MAR-INF/MANIFEST.json; none when undefined. */
  readonly manifest?: unknown;
  readonly format?: WrittenFormat;
  readonly compression?: Compression;
}

/** A manifest of the incumbent's form with the given fields of the model. */
export function manifestOf(model: Readonly<Record<string, string>>, runtime = 'python'): Record<string, unknown> {
  return {
    createdOn: '23/11/2026 10:20:30',
    runtime,
    model: { modelName: 'm', modelVersion: '1.0', handler: 'handler.py', ...model },
    archiverVersion: '0.12.0',
  };
}

/** Writes an archive with our own writer; texts and bytes instead of files. */
export async function makeMar(
  target: string,
  { files = {}, manifest, format = 'zip', compression }: MarContent,
): Promise<string> {
  const all = { ...files, ...(manifest === undefined ? {} : { 'MAR-INF/MANIFEST.json': JSON.stringify(manifest) }) };
  const planned = Object.entries(all).map(([path, content]): PlannedFile => {
    const bytes = Buffer.from(content);
    return {
      path: toArchivePath(path),
      size: bytes.length,
      mode: 0o644,
      origin: path,
      open: async () => bufferSource(path, bytes),
    };
  });
  await writeArchive({ target, format, compression, files: planned, topFolder: 'm' });
  return target;
}
