import { Malformed } from '../../core/documents/malformed.ts';
import type { Pages } from '../reading/pages.ts';

/** The undefined address: all bits set. */
export const UNDEFINED_ADDRESS = -1;

const SIGNATURE = '894844460d0a1a0a';
/** The signature may follow a user block: it is at 0, or at 512 times a power of two. */
const FIRST_SHIFTED = 512;
const LAST_SHIFTED = 1024 ** 2;

/** Layout of an HDF5 file (specification 3.0, section II): addresses count from `base`. */
export interface Hdf5File {
  readonly pages: Pages;
  /** Version of the superblock. */
  readonly version: number;
  readonly base: number;
  /** Bytes of an address and of a length. */
  readonly addressBytes: number;
  readonly lengthBytes: number;
  /** Object header of the root group. */
  readonly root: number;
}

export async function openHdf5(pages: Pages): Promise<Hdf5File> {
  const start = await findSignature(pages);
  const version = await pages.u8(start + 8);
  if (version > 3) throw new Malformed(`its superblock has the version ${version}`, start + 8);
  const sizesAt = start + (version < 2 ? 13 : 9);
  const addressBytes = await readWidth(pages, sizesAt);
  const lengthBytes = await readWidth(pages, sizesAt + 1);
  const addresses = start + (version === 0 ? 24 : version === 1 ? 28 : 12);
  const file = { pages, version, base: start, addressBytes, lengthBytes };
  // Base, free space, end of file and driver; then the entry of the root group, whose first field is a name.
  const rootAt = addresses + (version < 2 ? 5 : 3) * addressBytes;
  const bytes = await pages.read(addresses, rootAt - addresses + addressBytes);
  const base = readAddress(file, bytes, 0);
  const end = readAddress(file, bytes, 2 * addressBytes);
  if (end > pages.size) throw new Malformed(`it ends at ${end}, and the file has ${pages.size} bytes`, start);
  return { ...file, base, root: readAddress(file, bytes, rootAt - addresses) };
}

async function findSignature(pages: Pages): Promise<number> {
  for (let at = 0; at <= LAST_SHIFTED && at + 8 <= pages.size; at = at === 0 ? FIRST_SHIFTED : 2 * at)
    if ((await pages.read(at, 8)).toString('hex') === SIGNATURE) return at;
  throw new Malformed('it has no signature', 0);
}

async function readWidth(pages: Pages, at: number): Promise<number> {
  const width = await pages.u8(at);
  if (![2, 4, 8].includes(width)) throw new Malformed(`addresses or lengths of ${width} bytes`, at);
  return width;
}

type Widths = Pick<Hdf5File, 'addressBytes' | 'lengthBytes'>;

export function readAddress({ addressBytes }: Widths, bytes: Buffer, at: number): number {
  const field = need(bytes, at, addressBytes);
  return field.every((byte) => byte === 0xff) ? UNDEFINED_ADDRESS : readNumber(field);
}

export function readLength({ lengthBytes }: Widths, bytes: Buffer, at: number): number {
  return readNumber(need(bytes, at, lengthBytes));
}

/** A little-endian number of 1, 2, 4 or 8 bytes. */
export function readNumber(field: Buffer): number {
  return field.length === 8 ? Number(field.readBigUInt64LE()) : field.readUIntLE(0, field.length);
}

/** A part of a message; throws if the message ends before it. */
export function need(bytes: Buffer, at: number, length: number): Buffer {
  if (at + length > bytes.length) throw new Malformed('a record ends too early', 0);
  return bytes.subarray(at, at + length);
}
