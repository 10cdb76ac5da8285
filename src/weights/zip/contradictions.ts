import { createFindingLog } from '../../archive/structure/findings.ts';
import { readZip } from '../../archive/zip/read-zip.ts';
import { type ByteSource, sliceSource } from '../../core/byte-source.ts';
import { defaultLimits } from '../../core/limits.ts';

/** Bounds that do not apply to a checkpoint, which is never unpacked. */
const LIMITS = { ...defaultLimits, entries: 1_000_000, totalBytes: Number.MAX_SAFE_INTEGER, ratio: 1032 };

/** What torch's or numpy's own writer does, or what says nothing about which bytes a member has. */
const tolerated: readonly RegExp[] = [
  // torch stores members with a descriptor, in the 64-bit form.
  /^archive\/descriptor-stored$/,
  // Members never become files: their names are keys.
  /^archive\/(name-|manifest-|setuid|folder-data|special-file)/,
  // Judged with words of their own by the reader of weights.
  /^archive\/(method|crc|suffix|prefix)$/,
  // numpy and torch write members of any size; what is inflated has bounds of its own.
  /^archive\/(ratio|total-size|entries|left-out)$/,
];

/** What the strict reader of archives sees in a ZIP of weights: wherever two of its views differ, in words. */
export async function findContradictions(source: ByteSource): Promise<readonly string[]> {
  const log = createFindingLog(source.label);
  const { findings } = await readZip(sliceSource(source, source.label, 0, source.size), LIMITS, log);
  return findings
    .filter(({ rule, severity }) => severity === 'error' && !tolerated.some((rules) => rules.test(rule)))
    .map(({ message }) => message);
}
