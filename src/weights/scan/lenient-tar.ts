import type { ByteSource } from '../../core/byte-source.ts';

export const BLOCK_BYTES = 512;
const [SIZE, CHECKSUM, TYPE] = [124, 148, 156];
/** Extended headers of real tools have a few hundred bytes. */
const MAX_EXTENDED_BYTES = 1024 ** 2;
/** Headers whose data is about the next member: pax, Solaris' pax, GNU's long names. */
const EXTENDED = 'xgXLK';
/** Kinds without data for Python's tarfile, whatever their size field: links, devices, folders, pipes. */
const WITHOUT_DATA = '123456';

/** A range of a tar that some reader reads as the bytes of a member. */
export interface TarRange {
  readonly name: string;
  readonly start: number;
  readonly size: number;
  /** The bytes of the member are stored in pieces. */
  readonly isSparse: boolean;
  /** It is longer than what is left of the file. */
  readonly isCut: boolean;
}

/** Whether Python's tarfile, which checks no magic bytes, accepts the block as a header. */
export function isTarHeader(block: Buffer): boolean {
  const sum = parseNumber(block.subarray(CHECKSUM, CHECKSUM + 8));
  if (block.length < BLOCK_BYTES || sum === undefined) return false;
  let [unsigned, signed] = [8 * 0x20, 8 * 0x20];
  for (let at = 0; at < BLOCK_BYTES; at++) {
    if (at >= CHECKSUM && at < CHECKSUM + 8) continue;
    unsigned += block.readUInt8(at);
    signed += block.readInt8(at);
  }
  return sum === unsigned || sum === signed;
}

/**
 * Every range that a reader may read as a member. If headers contradict each other, readers continue at different
 * offsets: all of them are followed.
 */
export async function* readLenientTar(source: ByteSource): AsyncGenerator<TarRange> {
  const seen = new Set<number>();
  const waiting: { readonly at: number; readonly sizes: readonly number[]; readonly isSparse: boolean }[] = [
    { at: 0, sizes: [], isSparse: false },
  ];
  const global: number[] = [];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { at, sizes, isSparse } = next;
    if (seen.has(at) || at + BLOCK_BYTES > source.size) continue;
    seen.add(at);
    const block = Buffer.from(await source.read(at, BLOCK_BYTES));
    const size = parseNumber(block.subarray(SIZE, SIZE + 12)) ?? 0;
    if (!isTarHeader(block) || size < 0) continue;
    const type = String.fromCharCode(block[TYPE] ?? 0);
    const start = at + BLOCK_BYTES;
    if (EXTENDED.includes(type)) {
      const pax = 'LK'.includes(type) ? NOTHING : await readPax(source, start, size);
      if (type === 'g') global.push(...pax.sizes);
      const isAboutNext = type !== 'g' && type !== 'L' && type !== 'K';
      waiting.push({
        at: start + padded(size),
        sizes: isAboutNext ? [...sizes, ...pax.sizes] : sizes,
        isSparse: isSparse || pax.isSparse,
      });
      continue;
    }
    const name = block.toString('utf8', 0, 100).replace(/\0.*$/s, '');
    const all = new Set([size, ...sizes, ...global]);
    for (const one of all) {
      const length = Math.min(one, source.size - start);
      // A member that begins where the file ends is cut as well, and has nothing that could be looked into.
      if (one > 0) yield { name, start, size: length, isSparse: isSparse || type === 'S', isCut: length < one };
    }
    const isFolder = name.endsWith('/');
    if (WITHOUT_DATA.includes(type) || isFolder) waiting.push({ at: start, sizes: [], isSparse: false });
    for (const one of all) waiting.push({ at: start + padded(one), sizes: [], isSparse: false });
  }
}

const padded = (size: number) => Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;

const NOTHING = { sizes: [] as readonly number[], isSparse: false };

async function readPax(source: ByteSource, start: number, size: number): Promise<typeof NOTHING> {
  const length = Math.min(size, MAX_EXTENDED_BYTES, source.size - start);
  const text = Buffer.from(await source.read(start, length)).toString('latin1');
  const sizes = [...text.matchAll(/ (?:GNU\.sparse\.)?(?:real)?size= *\+?([0-9_]{1,16})/g)].map(([, digits = '']) =>
    Number(digits.replaceAll('_', '')),
  );
  return { sizes: sizes.filter(Number.isSafeInteger), isSparse: text.includes(' GNU.sparse.') };
}

/** As tarfile reads a number: base 256, or octal as int(text, 8). */
function parseNumber(field: Buffer): number | undefined {
  const [first] = field;
  if (first === 0x80 || first === 0xff) {
    const value = BigInt(`0x${field.toString('hex', 1)}`);
    const signed = first === 0xff ? value - 2n ** BigInt(8 * (field.length - 1)) : value;
    return signed <= BigInt(Number.MAX_SAFE_INTEGER) && signed >= BigInt(Number.MIN_SAFE_INTEGER)
      ? Number(signed)
      : undefined;
  }
  const text = field.toString('latin1').replace(/\0.*$/s, '').trim();
  if (text === '') return 0;
  const found = /^([+-]?)(?:0[oO]_?)?([0-7]+(?:_[0-7]+)*)$/.exec(text);
  if (found === null) return undefined;
  const value = Number.parseInt((found[2] ?? '').replaceAll('_', ''), 8);
  return found[1] === '-' ? -value : value;
}
