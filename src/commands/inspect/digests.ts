import { hashSource } from '../../archive/bytes/hash-source.ts';
import type { ArchiveReading } from '../../archive/structure/types.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import type { Context } from '../../core/context.ts';
import { isAtLeast } from '../../core/finding.ts';
import type { InspectResult } from './result.ts';

/** Reads every byte: adds content findings, and the SHA-256 of the archive and of its files. */
export async function addDigests(
  result: InspectResult,
  reading: ArchiveReading,
  archive: { readonly sha256?: string },
  context: Context,
): Promise<InspectResult> {
  const { signal, log } = context;
  const total = (result.files ?? []).reduce((sum, { size }) => sum + size, 0);
  const content = await reading.verify({
    signal,
    onBytes: (done) => log({ kind: 'progress', job: 'verify', done, total }),
  });
  const findings = [...result.findings, ...content];
  // Digests of damaged members would mislead.
  if (findings.some(({ severity }) => isAtLeast(severity, 'error'))) return { ...result, ...archive, findings };
  return { ...result, ...archive, findings, files: await hashMembers(result, reading, context) };
}

async function hashMembers(
  { files = [] }: InspectResult,
  { tree }: ArchiveReading,
  context: Context,
): Promise<NonNullable<InspectResult['files']>> {
  const hashed = [];
  for (const file of files) {
    const source = await tree?.open(file.path);
    if (source) hashed.push({ ...file, sha256: await hashWithProgress(source, context) });
  }
  return hashed;
}

/** SHA-256 of the source, with progress; closes the source. */
export function hashWithProgress(source: ByteSource, { signal, log }: Context): Promise<string> {
  return hashSource(source, (done) => {
    signal.throwIfAborted();
    log({ kind: 'progress', job: `hash ${source.label}`, done, total: source.size });
  });
}
