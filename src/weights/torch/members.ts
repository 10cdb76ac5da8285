import type { ByteSource } from '../../core/byte-source.ts';
import { judgePickle } from '../pickle/judge.ts';
import type { PickleRun } from '../pickle/run.ts';
import { isConvincing, mayBePickle, runPickles } from '../pickle/stream.ts';
import { type Problems, quote } from '../reading/problem.ts';
import { Window } from '../reading/window.ts';
import { CONTAINER_HEAD_BYTES, findContainer } from '../scan/container.ts';
import { type ScanBudget, scanZipBehind, scanZipMember } from '../scan/scan-for-pickles.ts';
import type { LenientMember } from '../zip/lenient-zip.ts';
import { matchesChecksum, openMember } from '../zip/open-member.ts';

/** Pickles inside a checkpoint: 100,000 tensors take about 20 MB. A stored one may be of any size, as it is not copied. */
const MAX_INFLATED_BYTES = 64 * 1024 ** 2;
/** Checksums are compared where the bytes are small enough to be read for it. */
const MAX_CHECKED_BYTES = 16 * 1024 ** 2;

export interface PickleMember {
  readonly member: LenientMember;
  readonly runs: readonly PickleRun[];
}

/** Rules for the pickles of one container in addition to torch's list. */
export interface MemberPolicy {
  readonly expected: (path: string) => boolean;
}

/**
 * Reads a member that is a pickle by name or by content: a payload needs no extension, and ASCII pickles of protocol 0
 * look like text. Undefined if it is not a pickle.
 */
export async function readPickleMember(
  source: ByteSource,
  member: LenientMember,
  policy: MemberPolicy,
  problems: Problems,
): Promise<PickleMember | undefined> {
  const named = /\.(pkl|pickle)$/i.test(member.name);
  if (!named && !(await startsLikePickle(source, member))) return undefined;
  const content = await openMember(source, member, MAX_INFLATED_BYTES);
  const { runs, trailing } = await runPickles(new Window(content));
  if (!named && !runs.some(isConvincing)) return undefined;
  const label = `The pickle in ${quote(member.name)}`;
  if (content.size < member.size) {
    problems.add(
      'weights/pickle-limit',
      `${label} has ${member.size} bytes, more than the limit of ${MAX_INFLATED_BYTES} for a deflated one.`,
    );
  }
  for (const run of runs) await judgePickle(run, { label, expected: policy.expected, persistentIds: true }, problems);
  if (trailing !== undefined && named) {
    problems.add(
      'weights/pickle-trailing',
      `${label} is followed by ${content.size - trailing} bytes that are not a pickle.`,
    );
  }
  if (content.size <= MAX_CHECKED_BYTES && !matchesChecksum(await content.read(0, content.size), member)) {
    problems.add('weights/torch-zip-checksum', `${label} does not have its checksum in the ZIP.`);
  }
  return { member, runs };
}

interface MemberPlace {
  readonly file: ByteSource;
  /** The same file, read ahead. */
  readonly source: ByteSource;
  readonly member: LenientMember;
}

/** Looks into a member that is a container itself: a checkpoint in a checkpoint, a compressed pickle, a ZIP behind other bytes. */
export async function scanMember(
  { file, source, member }: MemberPlace,
  problems: Problems,
  budget: ScanBudget,
): Promise<void> {
  const head = await openMember(source, member, CONTAINER_HEAD_BYTES);
  const bytes = Buffer.from(await head.read(0, Math.min(head.size, CONTAINER_HEAD_BYTES)));
  const container = findContainer(bytes);
  if (container !== undefined) return scanZipMember(source, member, { label: '', depth: 0, problems, budget });
  await scanBehind(file, member, problems, budget);
}

/** A ZIP behind other bytes of a member, which a loader finds from its end. */
export async function scanBehind(
  file: ByteSource,
  member: LenientMember,
  problems: Problems,
  budget: ScanBudget,
): Promise<void> {
  // Of a stored one only the end is read; writers of checkpoints and arrays deflate what is small.
  if (member.method !== 0 && member.size > MAX_CHECKED_BYTES) return;
  const content = await openMember(file, member, member.size);
  await scanZipBehind(content, { label: quote(member.name), depth: 1, problems, budget });
}

/** Asked of every storage, so a deflated one is inflated no further than this. */
const SNIFFED_BYTES = 2;

async function startsLikePickle(source: ByteSource, member: LenientMember): Promise<boolean> {
  const content = await openMember(source, member, SNIFFED_BYTES);
  if (content.size < SNIFFED_BYTES) return false;
  const [first = 0] = await content.read(0, SNIFFED_BYTES);
  return mayBePickle(first);
}
