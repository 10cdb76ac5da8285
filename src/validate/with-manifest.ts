import type { Location } from '../core/finding.ts';
import { MANIFEST_PATH } from '../core/paths.ts';
import type { Manifest } from '../model/documents/manifest.ts';
import type { Observation } from './rule.ts';
import type { Subject } from './subject.ts';

export type Model = NonNullable<Manifest['model']>;

/** A check of a readable manifest; other rules report why it cannot be read. */
export function withManifest(
  check: (manifest: Manifest, subject: Subject) => Promise<readonly Observation[]> | readonly Observation[],
) {
  return async (subject: Subject): Promise<readonly Observation[]> => {
    const reading = await subject.manifest();
    return reading.kind === 'ok' ? check(reading.manifest, subject) : [];
  };
}

/** A check of the manifest's `model`; another rule reports its absence. */
export function withModel(
  check: (
    model: Model,
    subject: Subject,
    manifest: Manifest,
  ) => Promise<readonly Observation[]> | readonly Observation[],
) {
  return withManifest((manifest, subject) => (manifest.model ? check(manifest.model, subject, manifest) : []));
}

/** A field of the manifest, as a JSON pointer. */
export function atField(pointer: string): Location {
  return { member: MANIFEST_PATH, pointer };
}
