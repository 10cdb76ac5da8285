import { archiveStem, formatOfName, type WrittenFormat } from '../../archive/structure/formats.ts';
import { writeArchive } from '../../archive/write.ts';
import type { Context } from '../../core/context.ts';
import { plannedFiles, refreshRecord } from '../../validate/fix-files.ts';
import { openSubject } from '../../validate/open-subject.ts';
import type { Rule } from '../../validate/rule.ts';
import { runRules } from '../../validate/run.ts';
import type { Subject } from '../../validate/subject.ts';

/**
 * Fixes the findings of the given rules and replaces the archive by one rename. Writes nothing if nothing can be fixed, or if
 * the structure has other errors: the members are then unknown. Resolves with the ids of the fixed rules.
 */
export async function fixArchive(path: string, rules: readonly Rule[], context: Context): Promise<string[]> {
  const subject = await openSubject(path, { signal: context.signal });
  try {
    const format = formatOf(path, subject);
    const candidates = rules.filter(({ fix }) => fix !== undefined);
    if (format === undefined || hasOtherErrors(subject, candidates)) return [];
    const found = new Set((await runRules(subject, candidates)).map(({ rule }) => rule));
    const mending = candidates.filter(({ id }) => found.has(id));
    if (mending.length === 0) return [];
    const before = await plannedFiles(subject);
    let files = before;
    for (const { fix } of mending) if (fix) files = await fix.apply(files, subject, context.now());
    files = await refreshRecord(files, before, subject);
    // Any name will do: TorchServe drops a tar's top folder.
    const topFolder = archiveStem(path);
    await writeArchive({ target: path, format, files, topFolder, force: true, signal: context.signal });
    return mending.map(({ id }) => id);
  } finally {
    await subject.close();
  }
}

/** Undefined for what is not rewritten: a folder holds the user's own files, and a plain tar we do not write. */
function formatOf(path: string, { archive }: Subject): WrittenFormat | undefined {
  if (archive?.tree === undefined || archive.format === 'folder' || archive.format === 'tar') return undefined;
  if (archive.format === 'tgz' && formatOfName(path) !== 'tgz') return undefined;
  return archive.format;
}

function hasOtherErrors({ structure }: Subject, mendable: readonly Rule[]): boolean {
  return structure.some(({ severity, rule }) => severity === 'error' && !mendable.some(({ id }) => id === rule));
}
