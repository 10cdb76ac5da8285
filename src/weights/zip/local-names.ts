import type { ByteSource } from '../../core/byte-source.ts';

const LOCAL_MARK = Buffer.from('504b0304', 'hex');
const LOCAL_BYTES = 30;
/** Sizes follow the data. */
const FLAG_DESCRIPTOR = 0x0008;
/** Members of every format lie in the order they are saved: the first of them tell which it is. */
const MAX_NAMES = 64;
/** Bytes in which the next header is looked for behind a member that does not say its size. */
const SEARCHED_BYTES = 1024 ** 2;
/** Names of real members are shorter. */
const MAX_NAME_BYTES = 512;

/** Names of the first members by their own headers: all there is where a ZIP is cut, and its directory with it. */
export async function listLocalNames(source: ByteSource): Promise<readonly string[]> {
  const names: string[] = [];
  let wasSought = false;
  for (let at = 0; names.length < MAX_NAMES && at + LOCAL_BYTES <= source.size; ) {
    const head = Buffer.from(await source.read(at, Math.min(LOCAL_BYTES + MAX_NAME_BYTES, source.size - at)));
    if (!head.subarray(0, 4).equals(LOCAL_MARK)) break;
    const [nameBytes, extraBytes] = [head.readUInt16LE(26), head.readUInt16LE(28)];
    if (nameBytes > MAX_NAME_BYTES || LOCAL_BYTES + nameBytes > head.length) break;
    const name = head.toString('utf8', LOCAL_BYTES, LOCAL_BYTES + nameBytes);
    // A header that was looked for may be that of a ZIP within; who writes such members has all of them in one folder.
    if (!wasSought || topOf(name) === topOf(names[0])) names.push(name);
    const dataAt = at + LOCAL_BYTES + nameBytes + extraBytes;
    const packedSize = head.readUInt32LE(18);
    const isSized = (head.readUInt16LE(6) & FLAG_DESCRIPTOR) === 0 && packedSize !== 0xffffffff;
    const next = isSized ? dataAt + packedSize : await findNext(source, dataAt);
    if (next === undefined) break;
    wasSought ||= !isSized;
    at = next;
  }
  return names;
}

const topOf = (name = '') => name.slice(0, name.indexOf('/') + 1);

async function findNext(source: ByteSource, from: number): Promise<number | undefined> {
  if (from >= source.size) return undefined;
  const found = Buffer.from(await source.read(from, Math.min(SEARCHED_BYTES, source.size - from))).indexOf(LOCAL_MARK);
  return found < 0 ? undefined : from + found;
}
