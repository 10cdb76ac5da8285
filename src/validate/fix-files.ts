import type { PlannedFile } from '../core/archive/types.ts';
import { bufferSource } from '../core/byte-source.ts';
import { type Manifest, pythonJson } from '../core/manifest.ts';
import { MANIFEST_PATH } from '../core/paths.ts';
import type { Fix } from './rule.ts';
import type { Subject } from './subject.ts';

/** The cure of every fault of form: the same files, written by our writer. */
export const rewriteFix: Fix = { what: 'writes the archive anew', apply: async (files) => files };

/** The files of a subject as they are. */
export async function plannedFiles({ tree, path: origin }: Subject): Promise<readonly PlannedFile[]> {
  return (await tree.list()).map(({ path, size, mode }) => ({ path, size, mode, origin, open: () => tree.open(path) }));
}

/** The files with some fields of the manifest changed; all others stay, in their order. */
export async function editManifest(
  files: readonly PlannedFile[],
  subject: Subject,
  change: (manifest: Manifest) => Manifest,
): Promise<readonly PlannedFile[]> {
  const reading = await subject.manifest();
  if (reading.kind !== 'ok') return files;
  const bytes = Buffer.from(pythonJson(change(reading.manifest)));
  const open = async () => bufferSource(MANIFEST_PATH, bytes);
  return files.map((file) => (file.path === MANIFEST_PATH ? { ...file, size: bytes.length, open } : file));
}
