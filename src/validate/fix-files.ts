import { hashSource } from '../archive/bytes/hash-source.ts';
import type { PlannedFile } from '../archive/structure/types.ts';
import { bufferSource } from '../core/byte-source.ts';
import { MANIFEST_PATH } from '../core/paths.ts';
import { type Manifest, pythonJson } from '../model/documents/manifest.ts';
import { planRecord, RECORD_PATH } from '../model/documents/record.ts';
import type { Fix } from './rule.ts';
import type { Subject } from './subject.ts';

/** The fix for every error of form: the same files, written by our writer. */
export const rewriteFix: Fix = { what: 'writes the archive again', apply: async (files) => files };

/** The files of a subject unchanged, MAR-INF/ last as torch-model-archiver writes it. */
export async function plannedFiles({ tree, path: origin }: Subject): Promise<readonly PlannedFile[]> {
  const files = (await tree.list()).map(({ path, size, mode }) => {
    return { path, size, mode, origin, open: () => tree.open(path) };
  });
  const isLast = ({ path }: PlannedFile) => path.startsWith('MAR-INF/');
  return [...files.filter((file) => !isLast(file)), ...files.filter(isLast)];
}

/**
 * Updates the record of mar pack for what a fix changed and removed; where it was wrong about anything else, it stays
 * wrong.
 */
export async function refreshRecord(
  files: readonly PlannedFile[],
  before: readonly PlannedFile[],
  subject: Subject,
): Promise<readonly PlannedFile[]> {
  const reading = await subject.record();
  if (reading.kind !== 'ok') return files;
  const { files: recorded, schemaVersion: _version, ...facts } = reading.record;
  const kept = new Map<string, PlannedFile>(files.map((file) => [file.path, file]));
  const leftOut = new Set<string>(before.map(({ path }) => path).filter((path) => !kept.has(path)));
  const digests: { path: string; size: number; sha256: string }[] = [];
  for (const [path, digest] of Object.entries(recorded)) {
    const file = kept.get(path);
    if (leftOut.has(path)) continue;
    const isChanged = file !== undefined && !before.includes(file);
    digests.push({ path, ...(isChanged ? { size: file.size, sha256: await hashSource(await file.open()) } : digest) });
  }
  return files.map((file) => (file.path === RECORD_PATH ? planRecord(facts, digests) : file));
}

/** The files with some fields of the manifest changed; all others unchanged, in their order. */
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
