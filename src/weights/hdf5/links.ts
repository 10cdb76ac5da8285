import { Malformed } from '../../core/documents/malformed.ts';
import { type Hdf5File, need, readAddress, readLength, readNumber, UNDEFINED_ADDRESS } from './file.ts';
import { type Message, messageType } from './object-header.ts';

export interface Link {
  readonly name: string;
  /** Object header. */
  readonly address: number;
}

export interface Links {
  readonly links: readonly Link[];
  /** False if the group keeps its links in a form that is not read here (a fractal heap). */
  readonly complete: boolean;
}

/** Nodes of the tree of one group: at least 16 links in a leaf. */
const MAX_NODES = 100_000;
/** Names of one group. */
const MAX_HEAP_BYTES = 64 * 1024 ** 2;

/**
 * The members of a group; undefined for an object that is not a group. Soft and external links point to no object of
 * this file.
 */
export async function readLinks(file: Hdf5File, messages: readonly Message[]): Promise<Links | undefined> {
  const table = messages.find(({ type }) => type === messageType.symbolTable);
  if (table) return { links: await readSymbolTable(file, table.bytes), complete: true };
  const info = messages.find(({ type }) => type === messageType.linkInfo);
  const own = messages.filter(({ type }) => type === messageType.link);
  if (info === undefined && own.length === 0) return undefined;
  const links = own.map(({ bytes }) => parseLink(file, bytes)).filter((link) => link !== undefined);
  return { links, complete: info === undefined || !isDense(file, info.bytes) };
}

function isDense(file: Hdf5File, bytes: Buffer): boolean {
  const hasOrder = (need(bytes, 0, 2).readUInt8(1) & 1) !== 0;
  return readAddress(file, bytes, hasOrder ? 10 : 2) !== UNDEFINED_ADDRESS;
}

function parseLink(file: Hdf5File, bytes: Buffer): Link | undefined {
  const flags = need(bytes, 0, 2).readUInt8(1);
  const typeBytes = flags & 0x08 ? 1 : 0;
  if (typeBytes === 1 && need(bytes, 2, 1).readUInt8() !== 0) return undefined;
  const lengthAt = 2 + typeBytes + (flags & 0x04 ? 8 : 0) + (flags & 0x10 ? 1 : 0);
  const width = 1 << (flags & 3);
  const nameAt = lengthAt + width;
  const length = readNumber(need(bytes, lengthAt, width));
  const name = need(bytes, nameAt, length).toString('utf8');
  return { name, address: readAddress(file, bytes, nameAt + length) };
}

/** The old form: a tree whose leaves list object headers, with the names in a heap. */
async function readSymbolTable(file: Hdf5File, bytes: Buffer): Promise<Link[]> {
  const tree = readAddress(file, bytes, 0);
  const names = await readHeap(file, readAddress(file, bytes, file.addressBytes));
  const links: Link[] = [];
  const seen = new Set<number>();
  for (const open = [tree]; open.length > 0; ) {
    const address = open.pop() ?? tree;
    if (seen.has(address)) throw new Malformed('a group refers to itself', file.base + address);
    seen.add(address);
    if (seen.size > MAX_NODES) throw new Malformed(`a group has more than ${MAX_NODES} nodes`, file.base + address);
    const signature = (await file.pages.read(file.base + address, 4)).toString('latin1');
    if (signature === 'TREE') open.push(...(await readChildren(file, address)));
    else if (signature === 'SNOD') links.push(...(await readLeaf(file, address, names)));
    else throw new Malformed('a node of a group has no signature', file.base + address);
  }
  return links;
}

async function readHeap(file: Hdf5File, address: number): Promise<Buffer> {
  const { pages, base, lengthBytes, addressBytes } = file;
  const head = Buffer.from(await pages.read(base + address, 8 + 2 * lengthBytes + addressBytes));
  if (head.toString('latin1', 0, 4) !== 'HEAP') throw new Malformed('the names of a group are missing', base + address);
  const size = readLength(file, head, 8);
  if (size > MAX_HEAP_BYTES) throw new Malformed(`the names of a group have ${size} bytes`, base + address);
  return Buffer.from(await pages.read(base + readAddress(file, head, 8 + 2 * lengthBytes), size));
}

/** Children stand between keys: key, child, key, child, … */
async function readChildren(file: Hdf5File, address: number): Promise<number[]> {
  const { pages, base, lengthBytes, addressBytes } = file;
  const at = base + address;
  const count = await pages.u16(at + 6);
  const step = lengthBytes + addressBytes;
  const bytes = await pages.read(at + 8 + 2 * addressBytes, count * step);
  return Array.from({ length: count }, (_, index) => readAddress(file, bytes, index * step + lengthBytes)).reverse();
}

/** Kinds of entries whose object is elsewhere. */
const SYMBOLIC_LINK = 2;

async function readLeaf(file: Hdf5File, address: number, names: Buffer): Promise<Link[]> {
  const { pages, base, addressBytes } = file;
  const at = base + address;
  const count = await pages.u16(at + 6);
  const step = 2 * addressBytes + 24;
  const bytes = await pages.read(at + 8, count * step);
  const links: Link[] = [];
  for (let entry = 0; entry < bytes.length; entry += step) {
    const nameAt = readNumber(bytes.subarray(entry, entry + addressBytes));
    const end = names.indexOf(0, nameAt);
    if (nameAt >= names.length || end < 0) throw new Malformed('a name of a group is not in its heap', at);
    if (bytes.readUInt32LE(entry + 2 * addressBytes) === SYMBOLIC_LINK) continue;
    links.push({ name: names.toString('utf8', nameAt, end), address: readAddress(file, bytes, entry + addressBytes) });
  }
  return links;
}
