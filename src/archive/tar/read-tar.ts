import { type ByteSource, sliceSource } from '../../core/byte-source.ts';
import { ToolError } from '../../core/errors.ts';
import { compareBytes, type FileTree, toArchiveMode } from '../../core/file-tree.ts';
import type { Limits } from '../../core/limits.ts';
import { spoolToTemp } from '../bytes/spool.ts';
import type { FindingLog } from '../structure/findings.ts';
import { checkBudgets, checkName, checkNamesTogether, provenName } from '../structure/names.ts';
import type { ArchiveReading } from '../structure/types.ts';
import { createBlockReader } from './block-reader.ts';
import { GzipProblem, gunzipStream } from './gunzip.ts';
import { cutTopFolder } from './top-folder.ts';
import { type TarMember, walkTar } from './walk.ts';

/** Headers and padding a member of a tar may add to its content. */
const OVERHEAD_BYTES = 4096;

/**
 * Reads a tar, gzipped or plain. It has no directory: finding the members means inflating all of it once, which proves
 * the gzip stream at the same time. The reading owns `source`.
 */
export async function readTar(
  source: ByteSource,
  format: 'tgz' | 'tar',
  limits: Limits,
  log: FindingLog,
): Promise<ArchiveReading> {
  const inflated = () =>
    format === 'tgz' ? gunzipStream(source, limits.totalBytes + limits.entries * OVERHEAD_BYTES) : source.stream();
  const members = await readMembers(inflated(), limits, log);
  const tree =
    members && !log.untrusted() ? tarTree(source, members, format === 'tgz' ? inflated : undefined) : undefined;
  return {
    format,
    size: source.size,
    findings: log.findings,
    tree,
    // Reading the structure read every byte, and the only checksum is in the gzip trailer.
    verify: async () => [],
    close: () => tree?.close() ?? source.close(),
  };
}

async function readMembers(
  stream: AsyncIterable<Uint8Array>,
  limits: Limits,
  log: FindingLog,
): Promise<TarMember[] | undefined> {
  const reader = createBlockReader(stream);
  try {
    const walked = await walkTar(reader, limits, log);
    if (walked === undefined) return undefined;
    const members = cutTopFolder(walked, (member) => checkName(member, limits, log), log);
    checkBudgets(members, limits, log);
    if (!log.untrusted()) checkNamesTogether(members, log);
    return members;
  } catch (problem) {
    if (!(problem instanceof GzipProblem)) throw problem;
    log.add('archive/gzip', `The gzip stream is refused: ${problem.message}.`, { offset: 0 });
    return undefined;
  } finally {
    await reader.close();
  }
}

/** With `inflated` the members are in a stream; it is written to a temporary file when the first member is opened. */
function tarTree(
  source: ByteSource,
  members: readonly TarMember[],
  inflated: (() => AsyncIterable<Uint8Array>) | undefined,
): FileTree {
  const files = new Map(members.filter(({ isFolder }) => !isFolder).map((member) => [member.name, member]));
  const entries = [...files.values()]
    .map(({ name, size, mode }) => ({ path: provenName(name), size, mode: toArchiveMode(mode) }))
    .sort((a, b) => compareBytes(a.path, b.path));
  let spooled: Promise<ByteSource> | undefined;
  const tar = () => {
    spooled ??= inflated ? spoolToTemp(inflated(), source.label) : Promise.resolve(source);
    return spooled;
  };
  return {
    label: source.label,
    list: async () => entries,
    has: async (path) => files.has(path),
    async open(path) {
      const member = files.get(path);
      if (member === undefined) throw new ToolError('MEMBER_NOT_FOUND', { label: source.label, member: path });
      return sliceSource(await tar(), path, member.dataOffset, member.size);
    },
    async close() {
      const spool = await spooled?.catch(() => undefined);
      if (spool !== source) await spool?.close();
      await source.close();
    },
  };
}
