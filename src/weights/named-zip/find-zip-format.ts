import type { LenientMember } from '../zip/lenient-zip.ts';

/** Formats that are a ZIP but not a torch checkpoint. */
export type ZipFormat = 'keras' | 'skops' | 'torch-export';

/**
 * Recognised by the names of their members; `top` is the common folder of all of them, with its slash, if there is one.
 */
export function findZipFormat(
  members: readonly Pick<LenientMember, 'name'>[],
): { format: ZipFormat; top: string } | undefined {
  const names = new Set(members.map(({ name }) => name));
  if (['config.json', 'metadata.json'].every((name) => names.has(name)) && hasKerasWeights(names))
    return { format: 'keras', top: '' };
  if (names.has('schema.json') && [...names].every((name) => /^(schema\.json|[^/]+\.np[yz])$/.test(name)))
    return { format: 'skops', top: '' };
  const first = members[0]?.name ?? '';
  const top = first.includes('/') ? first.slice(0, first.indexOf('/') + 1) : '';
  if (names.has('serialized_exported_program.json')) return { format: 'torch-export', top: '' };
  const isExported =
    names.has(`${top}archive_version`) &&
    [...names].some((name) => name.startsWith(`${top}models/`) || name.startsWith(`${top}data/aotinductor/`));
  return isExported ? { format: 'torch-export', top } : undefined;
}

function hasKerasWeights(names: ReadonlySet<string>): boolean {
  return ['model.weights.h5', 'model.weights.npz', 'model.weights.json'].some((name) => names.has(name));
}
