import type { PlannedFile } from '../../src/archive/structure/types.ts';
import { bufferSource, openFile } from '../../src/core/byte-source.ts';
import { toArchivePath } from '../../src/core/paths.ts';

/** A plan of files in memory: path → content. */
export function planContents(files: Readonly<Record<string, string | Uint8Array>>): PlannedFile[] {
  return Object.entries(files).map(([name, content]) => {
    const bytes = Buffer.from(content);
    return {
      path: toArchivePath(name),
      size: bytes.length,
      mode: 0o644,
      origin: name,
      open: async () => bufferSource(name, bytes),
    };
  });
}

/** A plan of one file on disk with the size it is said to have. */
export function planFile(name: string, path: string, size: number): PlannedFile {
  return { path: toArchivePath(name), size, mode: 0o644, origin: path, open: () => openFile(path) };
}
