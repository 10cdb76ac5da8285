import { type ByteSource, bufferSource, sliceSource } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import { readNumpy } from '../numpy/read.ts';
import { judgePickle } from '../pickle/judge.ts';
import { isScriptClass } from '../pickle/script-classes.ts';
import { isConvincing, mayBePickle, runPickles } from '../pickle/stream.ts';
import { type Problems, quote } from '../reading/problem.ts';
import { Window } from '../reading/window.ts';
import { type Packing, type Unpacked, unpack } from '../unpack/unpack.ts';
import { type LenientMember, type LenientZip, readLenientZip } from '../zip/lenient-zip.ts';
import { CONTAINER_HEAD_BYTES, type Container, findContainer, type Packed } from './container.ts';
import { readLenientTar } from './lenient-tar.ts';
import { findStream, MAX_UNPACKED_BYTES } from './open-packed.ts';

/** The end record of a ZIP, and its maximum distance from the end. */
const END_OF_ZIP = Buffer.from('504b0506', 'hex');
const TAIL_BYTES = 22 + 0xffff;
/** Maximum nesting of containers; beyond it a pickle is hidden on purpose. */
const MAX_DEPTH = 16;
/** Bytes that are unpacked in one scan. */
const MAX_TOTAL_BYTES = 256 * 1024 ** 2;
/** Maximum members that are searched, over all containers of one scan. */
const MAX_MEMBERS = 100_000;

/** The remaining budget of one scan. */
export interface ScanBudget {
  bytes: number;
  members: number;
}

export const newScanBudget = (): ScanBudget => ({ bytes: MAX_TOTAL_BYTES, members: MAX_MEMBERS });

interface Place {
  /** Its name in messages: "inner.pt" in "extra/inner.pt". */
  readonly label: string;
  readonly depth: number;
  readonly problems: Problems;
  readonly budget: ScanBudget;
  /** Globals that belong to the format of the container. */
  readonly expected?: (path: string) => boolean;
  /** Only the start of the content was unpacked. */
  readonly isCut?: boolean;
}

/**
 * Searches for pickles that would run code, whatever the name of the bytes and however they are wrapped: ZIP, tar,
 * gzip, zlib, object arrays, nested in each other. Anything that could not be searched is reported.
 */
async function scanForPickles(source: ByteSource, place: Place): Promise<void> {
  const head = Buffer.from(await source.read(0, Math.min(source.size, CONTAINER_HEAD_BYTES)));
  const container = findContainer(head);
  if (container !== undefined) await scanContainer(source, container, place);
  if (container !== 'zip') await scanZipBehind(source, place);
  // A file may be two formats at once, and each loader reads its own.
  await scanPickle(source, place);
}

/** The bytes themselves as a pickle. */
export async function scanPickle(source: ByteSource, { label, problems, expected, isCut }: Place): Promise<void> {
  const [first = 0] = await source.read(0, Math.min(source.size, 1));
  if (!mayBePickle(first)) return;
  const { runs } = await runPickles(new Window(source, 0, source.size, isCut));
  if (!runs.some(isConvincing)) return;
  for (const run of runs)
    await judgePickle(
      run,
      {
        label: label === '' ? 'The pickle' : `The pickle in ${label}`,
        persistentIds: true,
        ...(expected && { expected }),
      },
      problems,
    );
}

/** Searches a container that the caller has recognised. */
export async function scanContainer(source: ByteSource, container: Container, place: Place): Promise<void> {
  if (place.depth >= MAX_DEPTH) {
    const message = `${place.label.slice(0, 120)} is nested in ${MAX_DEPTH} containers and was not searched.`;
    return place.problems.add('weights/pickle-limit', message);
  }
  try {
    switch (container) {
      case 'zip':
        return await scanZip(source, place);
      case 'tar':
        return await scanTar(source, place);
      case 'gzip':
      case 'zlib':
      case 'bzip2':
      case 'xz':
      case 'lzma':
      case 'lz4':
      case 'zfile':
        return await scanCompressed(source, container, place);
      case 'npy':
        return await scanArray(source, place);
      default:
        return sayClosed(place, `it is compressed with ${container}`);
    }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    // Other bytes may start like a zlib or lzma stream: only a file named as a container is reported.
    if (container !== 'zlib') sayClosed(place, error.message);
  }
}

async function scanZip(source: ByteSource, place: Place): Promise<void> {
  const zip = await readLenientZip(source);
  for (const text of zip.contradictions)
    place.problems.add('weights/torch-zip-form', `${place.label || 'The ZIP'} contradicts itself: ${text}.`);
  await scanMembers(source, zip, place);
}

/** A ZIP is found from its end, so anything may precede it. Bytes that only look like a ZIP are ignored. */
export async function scanZipBehind(source: ByteSource, place: Place): Promise<void> {
  const tail = Buffer.from(await source.read(Math.max(0, source.size - TAIL_BYTES), Math.min(source.size, TAIL_BYTES)));
  if (!tail.includes(END_OF_ZIP) || place.depth >= MAX_DEPTH) return;
  try {
    await scanMembers(source, await readLenientZip(source), place);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
  }
}

async function scanMembers(source: ByteSource, { members }: LenientZip, place: Place): Promise<void> {
  const isScript = members.some(({ name }) => /(^|\/)constants\.pkl$/.test(name));
  const around = isScript ? { ...place, expected: isScriptClass } : place;
  for (const member of members) {
    if (member.size === 0 || !spendMember(place)) continue;
    const packed = sliceSource(source, member.name, member.offset, member.packedSize);
    const inner = inside(around, member.name);
    if (member.method === 0)
      await scanForPickles(sliceSource(packed, member.name, 0, Math.min(packed.size, member.size)), inner);
    else await scanDeflated(packed, member, inner);
  }
}

/** ZIP methods (APPNOTE 4.4.5) that Python's zipfile reads. */
const methods: ReadonlyMap<number, Packing> = new Map([
  [8, 'deflate'],
  [12, 'bzip2'],
  [14, 'lzma'],
]);
/** Before a stream of LZMA in a ZIP: the version that wrote it, and how many bytes of properties there are. */
const ZIP_LZMA_HEAD_BYTES = 4;
const LZMA_PROPERTIES_BYTES = 5;

async function scanDeflated(packed: ByteSource, { method, size }: LenientMember, place: Place): Promise<void> {
  const packing = methods.get(method);
  if (packing === undefined) return sayClosed(place, `it has the ZIP method ${method}`);
  if (packing !== 'lzma') return scanPacked(packed, packing, Math.min(size, MAX_UNPACKED_BYTES), place, size);
  // The LZMA file with these properties, except for the size, which is unknown there.
  if (packed.size > MAX_UNPACKED_BYTES || packed.size < ZIP_LZMA_HEAD_BYTES + LZMA_PROPERTIES_BYTES)
    return sayUnread(place, `it has ${packed.size} bytes of LZMA`);
  const bytes = await packed.read(ZIP_LZMA_HEAD_BYTES, packed.size - ZIP_LZMA_HEAD_BYTES);
  const file = Buffer.concat([
    bytes.subarray(0, LZMA_PROPERTIES_BYTES),
    Buffer.alloc(8, 0xff),
    bytes.subarray(LZMA_PROPERTIES_BYTES),
  ]);
  return scanPacked(bufferSource(place.label, file), 'lzma', Math.min(size, MAX_UNPACKED_BYTES), place, size);
}

async function scanTar(source: ByteSource, place: Place): Promise<void> {
  for await (const { name, start, size, isSparse } of readLenientTar(source)) {
    if (!spendMember(place)) return;
    const inner = inside(place, name);
    if (isSparse) sayUnread(inner, 'it is a sparse file in pieces');
    await scanForPickles(sliceSource(source, name, start, size), inner);
  }
}

async function scanCompressed(source: ByteSource, kind: Packed, place: Place): Promise<void> {
  const deeper = { ...place, depth: place.depth + 1 };
  const { packing, stream } = await findStream(source, kind);
  return scanPacked(stream, packing, MAX_UNPACKED_BYTES, deeper);
}

/** Looks into what the caller has unpacked. */
export function scanStream(unpacked: Unpacked, kind: Packed, place: Place): Promise<void> {
  return scanUnpacked(unpacked, kind === 'zfile' ? 'zlib' : kind, MAX_UNPACKED_BYTES, {
    ...place,
    depth: place.depth + 1,
  });
}

/** `size` is what its container says it holds. */
async function scanPacked(
  source: ByteSource,
  kind: Packing,
  limit: number,
  place: Place,
  size?: number,
): Promise<void> {
  if (source.size > MAX_UNPACKED_BYTES)
    return sayUnread(place, `it has ${source.size} packed bytes, more than ${MAX_UNPACKED_BYTES}`);
  return scanUnpacked(await unpack(kind, await source.read(0, source.size), limit), kind, limit, place, size);
}

/** What a stream gives is scanned even where it breaks behind: a loader would have run it. */
async function scanUnpacked(
  { bytes, end, reason }: Unpacked,
  kind: Packing,
  limit: number,
  place: Place,
  size?: number,
): Promise<void> {
  const isCut = end === 'limit' && size !== limit;
  if (end === 'unsupported') sayUnread(place, reason ?? 'its format is not supported');
  // Other bytes may start like a stream: only a file named as one is reported.
  if (end === 'broken' && !isVague(kind)) sayClosed(place, reason ?? 'it does not unpack');
  if (isCut) sayClosed(place, `it unpacks to more than ${limit} bytes, and only those were searched`);
  if (bytes.length > 0 && spendBytes(place, bytes.length))
    await scanForPickles(bufferSource(place.label, bytes), { ...place, isCut });
}

const isVague = (kind: Packing) => kind === 'zlib' || kind === 'lzma' || kind === 'deflate';

/** Of an array only the code of its objects matters here. */
async function scanArray(source: ByteSource, { problems, label }: Place): Promise<void> {
  const reading = await readNumpy(source);
  const found = reading.problems.filter(({ rule }) => /^weights\/(pickle|numpy-malformed)/.test(rule));
  problems.addAll(found, (message) => (label === '' ? message : `${label}: ${message}`));
}

function inside({ label, depth, ...rest }: Place, name: string): Place {
  return { ...rest, label: label === '' ? quote(name) : `${quote(name)} of ${label}`, depth: depth + 1 };
}

function spendMember(place: Place): boolean {
  place.budget.members--;
  if (place.budget.members === 0) sayUnread(place, `more than ${MAX_MEMBERS} members were searched`);
  return place.budget.members > 0;
}

function spendBytes(place: Place, bytes: number): boolean {
  place.budget.bytes -= bytes;
  if (place.budget.bytes < 0) sayUnread(place, `more than ${MAX_TOTAL_BYTES} bytes would be unpacked`);
  return place.budget.bytes >= 0;
}

function sayClosed({ label, problems }: Place, reason: string): void {
  problems.add('weights/not-scanned', `${label || 'The file'} was not searched: ${reason}.`);
}

/** Content that a loader would read and we do not is as dangerous as content that we read and refuse. */
function sayUnread({ label, problems }: Place, reason: string): void {
  problems.add('weights/pickle-limit', `${label || 'The file'} cannot be checked: ${reason}.`);
}
