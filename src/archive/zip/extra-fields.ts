import { quote } from '../../core/names/quote.ts';
import type { ArchiveRuleId } from '../structure/rules.ts';
import {
  ASI_UNIX_BYTES,
  EXTRA,
  EXTRA_ASI_UNIX,
  EXTRA_HEADER_BYTES,
  EXTRA_PKWARE_UNIX,
  EXTRA_UNICODE_PATH,
  EXTRA_ZIP64,
  PKWARE_UNIX_BYTES,
  S_IFDIR,
  S_IFMT,
  S_IFREG,
  SENTINEL32,
} from './format.ts';

/** Where the mode stands in ASi's field, behind its checksum. */
const ASI_MODE = 4;

/** The extra fields of one header that change what a reader sees; all others are skipped. */
export interface ExtraFields {
  readonly zip64?: Buffer;
  readonly unicodePath?: Buffer;
  /** What makes the member a link or a device for some readers, in words. */
  readonly special?: string;
  /** What is malformed, in words. */
  readonly problem?: string;
}

/** The extra fields of a header; most members have none. */
export function readExtraFields(header: Buffer, at: number, length: number): ExtraFields {
  return length === 0 ? none : parseExtraFields(header.subarray(at, at + length));
}

const none: ExtraFields = {};

export function parseExtraFields(bytes: Buffer): ExtraFields {
  let zip64: Buffer | undefined;
  let unicodePath: Buffer | undefined;
  let special: string | undefined;
  let at = 0;
  const result = (problem?: string): ExtraFields => ({
    ...(zip64 && { zip64 }),
    ...(unicodePath && { unicodePath }),
    ...(special !== undefined && { special }),
    ...(problem && { problem }),
  });
  while (at < bytes.length) {
    if (bytes.length - at < EXTRA_HEADER_BYTES)
      return result(`${bytes.length - at} stray bytes follow the last extra field`);
    const id = bytes.readUInt16LE(at + EXTRA.id);
    const length = bytes.readUInt16LE(at + EXTRA.bodyBytes);
    at += EXTRA_HEADER_BYTES;
    if (length > bytes.length - at)
      return result(`extra field 0x${id.toString(16)} claims ${length} bytes, ${bytes.length - at} are left`);
    const body = bytes.subarray(at, at + length);
    if ((id === EXTRA_ZIP64 && zip64) || (id === EXTRA_UNICODE_PATH && unicodePath))
      return result(`extra field 0x${id.toString(16)} occurs twice`);
    if (id === EXTRA_ZIP64) zip64 = body;
    if (id === EXTRA_UNICODE_PATH) unicodePath = body;
    special ??= findSpecial(id, body);
    at += length;
  }
  return result();
}

/** Unix fields that name the target of a link, or a mode that is neither a file's nor a folder's. */
function findSpecial(id: number, body: Buffer): string | undefined {
  const fixed = id === EXTRA_PKWARE_UNIX ? PKWARE_UNIX_BYTES : id === EXTRA_ASI_UNIX ? ASI_UNIX_BYTES : undefined;
  if (fixed === undefined) return undefined;
  const field = `Extra field 0x${id.toString(16).padStart(4, '0')}`;
  if (body.length > fixed) return `${field} gives the link target ${quote(body.toString('utf8', fixed))}`;
  if (id !== EXTRA_ASI_UNIX || body.length < ASI_MODE + 2) return undefined;
  const mode = body.readUInt16LE(ASI_MODE);
  const type = mode & S_IFMT;
  return type === 0 || type === S_IFREG || type === S_IFDIR
    ? undefined
    : `${field} gives mode ${mode.toString(8)}, neither a file's nor a folder's`;
}

export type Add = (rule: ArchiveRuleId, message: string) => void;

/** Describes what is wrong in the extra fields of one header; both headers of a member have the same rules. */
export function checkExtra(extra: ExtraFields, rawName: string, header: 'central' | 'local', add: Add): void {
  if (extra.problem) add('archive/extra-field', `A ${header} header is malformed: ${extra.problem}`);
  if (extra.special !== undefined) add('archive/special-file', extra.special);
  if (extra.unicodePath === undefined) return;
  const name = unicodePathName(extra.unicodePath);
  if (name.toString('latin1') !== rawName)
    add('archive/unicode-path', `The Unicode path field says ${quote(name.toString('utf8'))}`);
}

/** The 32-bit numbers of a header that zip64 may replace, in the order of the extra field (APPNOTE 4.5.3). */
export interface WideNumbers {
  readonly size: number;
  readonly packedSize: number;
  readonly headerOffset: number;
}

const order = ['size', 'packedSize', 'headerOffset'] as const satisfies (keyof WideNumbers)[];

/** The true numbers of a central header, or a problem in words. */
export function widen(numbers: WideNumbers, zip64: Buffer | undefined): WideNumbers | string {
  if (zip64 === undefined && !order.some((key) => numbers[key] === SENTINEL32)) return numbers;
  const wanted = order.filter((key) => numbers[key] === SENTINEL32);
  if (zip64 === undefined) return `${wanted.join(' and ')} refer to a missing zip64 field`;
  // Writers store either exactly the numbers that do not fit (as the specification requires) or all three (as Go does).
  const given =
    zip64.length === wanted.length * 8 ? wanted : zip64.length === 24 || zip64.length === 28 ? order : undefined;
  if (given === undefined) return `the zip64 field has ${zip64.length} bytes; expected ${wanted.length * 8}`;
  const wide = { ...numbers };
  for (const [index, key] of given.entries()) {
    const value = zip64.readBigUInt64LE(index * 8);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) return `the zip64 field gives ${key} as ${value}`;
    if (numbers[key] !== SENTINEL32 && BigInt(numbers[key]) !== value)
      return `${key} is ${numbers[key]} in the header and ${value} in the zip64 field`;
    wide[key] = Number(value);
  }
  if (zip64.length === 28 && zip64.readUInt32LE(24) !== 0) return 'the zip64 field gives a disk other than 0';
  return wide;
}

/** Version and CRC-32 of the header's name come before the name (4.6.9). */
const UNICODE_PATH_NAME = 5;

/** The name an Info-ZIP Unicode path field gives, whatever its own CRC says. */
export function unicodePathName(field: Buffer): Buffer {
  return field.subarray(UNICODE_PATH_NAME);
}
