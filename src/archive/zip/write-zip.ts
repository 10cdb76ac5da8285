import { mapInOrder } from '../../core/concurrency.ts';
import { writeFileAtomically } from '../bytes/atomic-output.ts';
import { type ArchiveOutput, createOutput } from '../bytes/output.ts';
import { createSha256 } from '../bytes/sha256.ts';
import { entryTime } from '../plan/entry-time.ts';
import type { WriteOptions, WrittenArchive, WrittenMember } from '../plan/write-options.ts';
import { type DosTime, encodeCentralHeader, encodeEnd, type MemberHeader, toDosTime } from './encode.ts';
import { type PackedMember, type PackSettings, packMember } from './pack-member.ts';

/** Members prepared at a time; a small one is in memory with its deflated form, at most 1 MiB each. */
const AT_ONCE = 9;

/** Writes a ZIP: members in the given order, no data descriptors, zip64 only if a number does not fit. */
export async function writeZip(
  options: Omit<WriteOptions, 'format'> & Pick<Required<WriteOptions>, 'compression'>,
): Promise<WrittenArchive> {
  const time = toDosTime(entryTime(options.sourceDateEpoch));
  return writeFileAtomically(options, async (handle) => {
    const output = createOutput(handle);
    const members = await writeMembers(options, output, time);
    await writeDirectory(members, output, time);
    await output.flush();
    return { path: options.target, size: output.position, members: members.map(({ written }) => written) };
  });
}

interface Written {
  readonly header: MemberHeader;
  readonly written: WrittenMember;
}

async function writeMembers(
  options: Parameters<typeof writeZip>[0],
  output: ArchiveOutput,
  time: DosTime,
): Promise<Written[]> {
  const { files, epilogue, signal, onBytes, compression = 'auto', hash = false } = options;
  const members: Written[] = [];
  let done = 0;
  const onPiece = (bytes: number) => {
    done += bytes;
    onBytes?.(done);
  };
  const sha256 = hash ? createSha256() : undefined;
  const settings: PackSettings = { compression, sha256, time, signal, onPiece };
  try {
    for await (const packed of mapInOrder(files, AT_ONCE, (file) => packMember(file, settings))) {
      signal?.throwIfAborted();
      members.push(toWritten(await packed.writeTo(output)));
    }
    if (epilogue) {
      const last = await packMember(epilogue(members.map(({ written }) => written)), settings);
      members.push(toWritten(await last.writeTo(output)));
    }
  } finally {
    await sha256?.close();
  }
  return members;
}

function toWritten({ header, sha256 }: Awaited<ReturnType<PackedMember['writeTo']>>): Written {
  const { path, size, packedSize, method, crc32 } = header;
  return { header, written: { path, size, packedSize, method, crc32, ...(sha256 !== undefined && { sha256 }) } };
}

async function writeDirectory(members: readonly Written[], output: ArchiveOutput, time: DosTime): Promise<void> {
  const offset = output.position;
  for (const { header } of members) await output.append(encodeCentralHeader(header, time));
  await output.append(encodeEnd(members.length, offset, output.position - offset));
}
