import { createFindingLog } from '../../archive/structure/findings.ts';
import { readZip } from '../../archive/zip/read-zip.ts';
import { type ByteSource, sliceSource } from '../../core/byte-source.ts';
import { defaultLimits } from '../../core/limits.ts';

/** Limits that do not apply to a checkpoint, which is never extracted. */
const LIMITS = { ...defaultLimits, entries: 1_000_000, totalBytes: Number.MAX_SAFE_INTEGER, ratio: 1032 };

/** What torch's or numpy's own writer does, or what does not change the bytes of a member. */
const tolerated: readonly RegExp[] = [
  // torch stores members with a descriptor, in the 64-bit form.
  /^archive\/descriptor-stored$/,
  // Members never become files: their names are keys.
  /^archive\/(name-|manifest-|setuid|folder-data|special-file)/,
  // Rules of which the weights reader has its own.
  /^archive\/(method|crc|suffix|prefix)$/,
  // numpy and torch write members of any size; inflating has its own limits.
  /^archive\/(ratio|total-size|entries|left-out)$/,
];

/** What the strict archive reader finds in a ZIP of weights: every difference between its two views, as messages. */
export async function findContradictions(source: ByteSource): Promise<readonly string[]> {
  const log = createFindingLog(source.label);
  const { findings } = await readZip(sliceSource(source, source.label, 0, source.size), LIMITS, log);
  return findings
    .filter(({ rule, severity }) => severity === 'error' && !tolerated.some((rules) => rules.test(rule)))
    .map(({ message }) => message);
}
