import { quote } from '../../core/names/quote.ts';

/** One header block of a tar: POSIX.1-2001 ustar and GNU, field offsets as in the specification's table. */
export interface TarHeader {
  /** Raw bytes: prefix, "/" and name. */
  readonly name: Buffer;
  readonly size: number;
  readonly mode: number;
  /** One character. */
  readonly type: string;
}

export const BLOCK_BYTES = 512;

const [NAME_END, MODE, SIZE, CHECKSUM, TYPE, MAGIC, PREFIX, STAR] = [100, 100, 124, 148, 156, 257, 345, 508];
const PREFIX_BYTES = 155;
/** star shortens the prefix to make room for times and marks that in the header's last bytes. */
const STAR_MAGIC = 'tar\u0000';
const STAR_PREFIX_BYTES = 130;
/** Types of long names and links: their own names mean nothing. */
const GNU_TYPES = 'LK';

/** The header, or a description of what is wrong with it. */
export function parseTarHeader(block: Buffer): TarHeader | string {
  if (!hasTarChecksum(block)) return 'its checksum is wrong: this is not a tar header';
  const magic = block.toString('latin1', MAGIC, MAGIC + 8);
  const isPosix = magic === 'ustar\u000000';
  if (!isPosix && magic !== 'ustar  \u0000') return `its magic is ${JSON.stringify(magic)}, neither POSIX's nor GNU's`;
  const type = block.toString('latin1', TYPE, TYPE + 1);
  const size = parseSize(block.subarray(SIZE, SIZE + 12));
  const mode = parseOctal(block.subarray(MODE, MODE + 8));
  if (size === undefined) return 'its size is not an octal number';
  if (mode === undefined) return 'its mode is not an octal number';
  const name = text(block.subarray(0, NAME_END));
  const prefix = text(block.subarray(PREFIX, PREFIX + PREFIX_BYTES));
  // GNU's own format has times there, but readers that ignore the magic put that field before the name.
  if (!isPosix && prefix.length > 0 && !GNU_TYPES.includes(type))
    return `its magic is GNU's, and ${quote(`${prefix}/${name}`)} is its name for readers that know POSIX's only`;
  if (isPosix && block.toString('latin1', STAR) === STAR_MAGIC && prefix.length > STAR_PREFIX_BYTES)
    return `its prefix has ${prefix.length} bytes, and star's format ends it after ${STAR_PREFIX_BYTES}`;
  return {
    name: prefix.length > 0 ? Buffer.concat([prefix, Buffer.from('/'), name]) : name,
    size,
    mode,
    type,
  };
}

function hasTarChecksum(block: Buffer): boolean {
  const sum = parseOctal(block.subarray(CHECKSUM, CHECKSUM + 8));
  return sum !== undefined && sum === checksum(block);
}

/** Sum of all bytes with the checksum field taken as spaces. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (const [index, byte] of block.entries()) if (index < CHECKSUM || index >= CHECKSUM + 8) sum += byte;
  return sum;
}

/** Up to the first NUL; a name may fill its field without a NUL. */
function text(field: Buffer): Buffer {
  const end = field.indexOf(0);
  return end === -1 ? field : field.subarray(0, end);
}

function parseOctal(field: Buffer): number | undefined {
  const match = /^ *([0-7]+)[ \u0000]*$/.exec(field.toString('latin1'));
  return match?.[1] === undefined ? undefined : Number.parseInt(match[1], 8);
}

/** GNU writes sizes from 8 GiB in base 256, marked by the first bit. */
function parseSize(field: Buffer): number | undefined {
  if (field[0] !== 0x80) return parseOctal(field);
  const value = BigInt(`0x${field.toString('hex', 1)}`);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
}
