import type { ByteSource } from '../../core/byte-source.ts';
import type { FindingLog } from '../structure/findings.ts';
import type { ArchiveRuleId } from '../structure/rules.ts';
import {
  type CentralPlace,
  END,
  END_BYTES,
  END64,
  END64_BODY_BYTES,
  END64_BYTES,
  END64_SIGNATURE,
  LOCATOR64,
  LOCATOR64_BYTES,
  LOCATOR64_SIGNATURE,
  SENTINEL16,
  SENTINEL32,
} from './format.ts';

/** The comment's length has 16 bits, so the end record starts within this many bytes of the end. */
const TAIL_BYTES = END_BYTES + 0xffff;
/** Comments of real tools are shorter; a longer one is reported. */
const SHORT_COMMENT_BYTES = 1024;

const END_MARK = Buffer.from('PK\u0005\u0006', 'latin1');

/**
 * Finds the only end record and with it the central directory; undefined, with a finding, if the two do not fit the
 * file.
 */
export async function readEndRecords(source: ByteSource, log: FindingLog): Promise<CentralPlace | undefined> {
  const { tail, tailStart } = await readTail(source);
  const position = findEndRecord(tail, tailStart, log);
  if (position === undefined) return undefined;
  const end = parseEndRecord(tail, position);
  const endOffset = tailStart + position;
  if (end.disk !== 0 || end.centralDisk !== 0 || end.entriesHere !== end.entries) {
    const seen = `disk ${end.disk}, directory on disk ${end.centralDisk}, ${end.entriesHere} of ${end.entries} members here`;
    log.add('archive/multi-disk', `The end record says ${seen}; expected one disk, number 0.`, { offset: endOffset });
    return undefined;
  }
  if (end.commentBytes > SHORT_COMMENT_BYTES) {
    const message = `The archive comment has ${end.commentBytes} bytes, more than ${SHORT_COMMENT_BYTES}.`;
    log.add('archive/comment', message, { offset: endOffset + END_BYTES });
  }
  const place = readZip64(tail, tailStart, position, end, log);
  return place && fits(place, log) ? place : undefined;
}

/** The last bytes of the file, enough for a record with the longest comment and the zip64 records before it. */
export async function readTail(source: ByteSource): Promise<{ tail: Buffer; tailStart: number }> {
  const tailStart = Math.max(0, source.size - TAIL_BYTES - LOCATOR64_BYTES - END64_BYTES);
  return { tail: Buffer.from(await source.read(tailStart, source.size - tailStart)), tailStart };
}

/**
 * Offset in the tail of the only record whose comment ends at the end of the file. An archive stored inside has its
 * own, which is data; one inside the comment is not, since some readers use the last one they find.
 */
export function findEndRecord(tail: Buffer, tailStart: number, log: FindingLog): number | undefined {
  const signatures = findSignatures(tail);
  const found = signatures.find((at) => endOf(tail, at) === tail.length);
  const last = signatures.at(-1);
  const fail = (rule: ArchiveRuleId, message: string, offset: number) => {
    log.add(rule, message, { offset });
    return undefined;
  };
  if (last === undefined || last + END_BYTES > tail.length) {
    const message = `No complete end record within the last ${tail.length} bytes: this is not a ZIP, or it is truncated.`;
    return fail('archive/end-record', message, tailStart);
  }
  const offset = tailStart + last;
  if (found === undefined) {
    const message = `The end record at offset ${offset} ends at ${tailStart + endOf(tail, last)}, the file at ${tailStart + tail.length}.`;
    return fail('archive/suffix', message, offset);
  }
  if (found === last) return found;
  const message = `The comment of the end record at offset ${tailStart + found} contains another end record at ${offset}; expected one.`;
  return fail('archive/end-record', message, offset);
}

function findSignatures(tail: Buffer): number[] {
  const found: number[] = [];
  for (let at = tail.indexOf(END_MARK); at !== -1; at = tail.indexOf(END_MARK, at + 1)) found.push(at);
  return found;
}

/** End of the comment; NaN if the record itself is truncated. */
function endOf(tail: Buffer, at: number): number {
  return at + END_BYTES > tail.length ? Number.NaN : at + END_BYTES + tail.readUInt16LE(at + END.commentBytes);
}

interface EndRecord {
  disk: number;
  centralDisk: number;
  entriesHere: number;
  entries: number;
  size: number;
  offset: number;
  commentBytes: number;
}

function parseEndRecord(bytes: Buffer, at: number): EndRecord {
  return {
    disk: bytes.readUInt16LE(at + END.disk),
    centralDisk: bytes.readUInt16LE(at + END.centralDisk),
    entriesHere: bytes.readUInt16LE(at + END.entriesHere),
    entries: bytes.readUInt16LE(at + END.entries),
    size: bytes.readUInt32LE(at + END.size),
    offset: bytes.readUInt32LE(at + END.offset),
    commentBytes: bytes.readUInt16LE(at + END.commentBytes),
  };
}

/** Where the directory must end: right before the first of the end records. */
type Place = CentralPlace & { readonly limit: number };

function readZip64(
  tail: Buffer,
  tailStart: number,
  position: number,
  end: EndRecord,
  log: FindingLog,
): Place | undefined {
  const endOffset = tailStart + position;
  const locator = position - LOCATOR64_BYTES;
  if (locator < 0 || tail.readUInt32LE(locator) !== LOCATOR64_SIGNATURE) {
    // 65,535 members without zip64 are common: the count is then the number itself.
    if (end.offset !== SENTINEL32 && end.size !== SENTINEL32) return { ...end, limit: endOffset };
    log.add('archive/zip64', 'The end record points to a zip64 record, but there is no locator before it.', {
      offset: endOffset,
    });
    return undefined;
  }
  const fail = (message: string) => {
    log.add('archive/zip64', message, { offset: tailStart + locator });
    return undefined;
  };
  const disks = [tail.readUInt32LE(locator + LOCATOR64.disk), tail.readUInt32LE(locator + LOCATOR64.disks)];
  if (disks[0] !== 0 || disks[1] !== 1)
    return fail(`The zip64 locator says disk ${disks[0]} of ${disks[1]}; expected 0 of 1.`);
  const record = locator - END64_BYTES;
  const claimed = tail.readBigUInt64LE(locator + LOCATOR64.offset);
  if (record < 0 || claimed !== BigInt(tailStart + record) || tail.readUInt32LE(record) !== END64_SIGNATURE) {
    return fail(
      `The zip64 locator points to offset ${claimed}; expected a record of ${END64_BYTES} bytes right before it, at ${tailStart + record}.`,
    );
  }
  return parseEnd64(tail, record, tailStart + record, end, fail);
}

function parseEnd64(
  tail: Buffer,
  at: number,
  offset: number,
  end: EndRecord,
  fail: (message: string) => undefined,
): Place | undefined {
  const bodyBytes = tail.readBigUInt64LE(at + END64.bodyBytes);
  if (bodyBytes !== BigInt(END64_BODY_BYTES))
    return fail(`The zip64 end record says ${bodyBytes} bytes; expected ${END64_BODY_BYTES}.`);
  if (tail.readUInt32LE(at + END64.disk) !== 0 || tail.readUInt32LE(at + END64.centralDisk) !== 0)
    return fail('The zip64 end record gives a disk other than 0.');
  const here = tail.readBigUInt64LE(at + END64.entriesHere);
  const entries = tail.readBigUInt64LE(at + END64.entries);
  const size = tail.readBigUInt64LE(at + END64.size);
  const start = tail.readBigUInt64LE(at + END64.offset);
  if (here !== entries) return fail(`The zip64 end record says ${here} members here and ${entries} in all.`);
  const agree = (small: number, sentinel: number, large: bigint) => small === sentinel || BigInt(small) === large;
  if (
    !agree(end.entries, SENTINEL16, entries) ||
    !agree(end.size, SENTINEL32, size) ||
    !agree(end.offset, SENTINEL32, start)
  ) {
    return fail('The end record and the zip64 end record disagree.');
  }
  if (start + size !== BigInt(offset))
    return fail(`The directory ends at ${start + size}; expected ${offset}, where the zip64 end record starts.`);
  return { entries: Number(entries), size: Number(size), offset: Number(start), limit: offset };
}

function fits({ offset, size, limit }: Place, log: FindingLog): boolean {
  if (offset + size === limit) return true;
  const difference = limit - offset - size;
  const meaning = difference > 0 ? `${difference} bytes are unaccounted for` : `${-difference} bytes are missing`;
  log.add(
    'archive/central-bounds',
    `The directory of ${size} bytes at offset ${offset} must end at ${limit}: ${meaning}.`,
    { offset },
  );
  return false;
}
