import { readAhead } from '../../archive/zip/read-ahead.ts';
import { type ByteSource, bufferSource, sliceSource, toBuffer } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import { readNumpy } from '../numpy/read.ts';
import { judgePickle } from '../pickle/judge.ts';
import { isScriptClass } from '../pickle/script-classes.ts';
import { isConvincing, mayBePickle, runPickles } from '../pickle/stream.ts';
import { type Problems, quote } from '../reading/problem.ts';
import { Window } from '../reading/window.ts';
import type { Packing } from '../unpack/unpack.ts';
import { isZlibKind } from '../unpack/zlib.ts';
import { type LenientMember, type LenientZip, readLenientZip } from '../zip/lenient-zip.ts';
import { CONTAINER_HEAD_BYTES, type Container, findContainer, type Packed } from './container.ts';
import { readLenientTar } from './lenient-tar.ts';
import { findStream, MAX_UNPACKED_BYTES, type OpenStream, openStream } from './open-packed.ts';
import { endsWithZip, TAIL_BYTES } from './zip-end.ts';

/** Containers in containers: what lies deeper is hidden, not packed. */
const MAX_DEPTH = 16;
/**
 * Bytes that are unpacked in one scan: what honest files need, whose texts shrink to a twentieth, and no more than a bomb may
 * cost.
 */
const LEAST_BYTES = 256 * 1024 ** 2;
const BYTES_A_PACKED_BYTE = 64;
/** Unpacked even where nothing may be spent, to see whether a loader would open it. */
const PEEKED_BYTES = 4096;
/** Members that are looked into, over all containers of one scan; one takes at least so many bytes of an honest file. */
const LEAST_MEMBERS = 100_000;
const BYTES_A_MEMBER = 100;

/** The remaining budget of one scan. */
export interface ScanBudget {
  bytes: number;
  members: number;
}

export const newScanBudget = ({ size }: ByteSource): ScanBudget => ({
  bytes: LEAST_BYTES + BYTES_A_PACKED_BYTE * size,
  members: LEAST_MEMBERS + Math.ceil(size / BYTES_A_MEMBER),
});

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
  const head = toBuffer(await source.read(0, Math.min(source.size, CONTAINER_HEAD_BYTES)));
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

async function scanZip(file: ByteSource, place: Place): Promise<void> {
  // Thousands of small members lie side by side.
  const source = readAhead(file);
  const zip = await readLenientZip(source);
  for (const text of zip.contradictions)
    place.problems.add('weights/torch-zip-form', `${place.label || 'The ZIP'} contradicts itself: ${text}.`);
  await scanMembers(source, zip, place);
}

/** A ZIP is found from its end, so anything may precede it. Bytes that only look like a ZIP are ignored. */
export async function scanZipBehind(source: ByteSource, place: Place): Promise<void> {
  const tail = toBuffer(await source.read(Math.max(0, source.size - TAIL_BYTES), Math.min(source.size, TAIL_BYTES)));
  if (!endsWithZip(tail) || place.depth >= MAX_DEPTH) return;
  try {
    const ahead = readAhead(source);
    await scanMembers(ahead, await readLenientZip(ahead), place);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
  }
}

async function scanMembers(source: ByteSource, { members }: LenientZip, place: Place): Promise<void> {
  const isScript = members.some(({ name }) => /(^|\/)constants\.pkl$/.test(name));
  const around = isScript ? { ...place, expected: isScriptClass } : place;
  for (const member of members) if (member.size > 0 && spendMember(place)) await scanZipMember(source, member, around);
}

/** Looks into one member of a ZIP, stored or packed. */
export async function scanZipMember(source: ByteSource, member: LenientMember, place: Place): Promise<void> {
  const packed = sliceSource(source, member.name, member.offset, member.packedSize);
  const inner = inside(place, member.name);
  if (member.method === 0)
    await scanForPickles(sliceSource(packed, member.name, 0, Math.min(packed.size, member.size)), inner);
  else await scanDeflated(packed, member, inner);
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
  if (packing !== 'lzma') return scanPacked(packed, packing, place, size);
  // The file of LZMA that it is, but for the size, which is unknown there.
  if (packed.size > MAX_UNPACKED_BYTES || packed.size < ZIP_LZMA_HEAD_BYTES + LZMA_PROPERTIES_BYTES)
    return sayUnread(place, `it has ${packed.size} bytes of LZMA`);
  const bytes = await packed.read(ZIP_LZMA_HEAD_BYTES, packed.size - ZIP_LZMA_HEAD_BYTES);
  const file = Buffer.concat([
    bytes.subarray(0, LZMA_PROPERTIES_BYTES),
    Buffer.alloc(8, 0xff),
    bytes.subarray(LZMA_PROPERTIES_BYTES),
  ]);
  return scanPacked(bufferSource(place.label, file), 'lzma', place, size);
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
  const { packing, stream } = await findStream(source, kind);
  return scanPacked(stream, packing, { ...place, depth: place.depth + 1 });
}

/** `size` is what its container says it holds. */
async function scanPacked(source: ByteSource, packing: Packing, place: Place, size = Infinity): Promise<void> {
  const limit = Math.min(size, Math.max(place.budget.bytes, PEEKED_BYTES));
  const opened = await openStream(source, packing, limit);
  try {
    await scanStream(opened, packing, place, size);
  } finally {
    await opened.close();
  }
}

/** Looks into what was unpacked; it is scanned even where it breaks behind: a loader would have run it. */
export async function scanStream(
  { content, end, reason, spent, isLoadable }: OpenStream,
  kind: Packed | Packing,
  place: Place,
  size = Infinity,
): Promise<void> {
  place.budget.bytes -= spent;
  const isCut = end === 'limit' && spent < size;
  if (end === 'unsupported') sayUnread(place, reason ?? 'it is in a form that is not read');
  // Other bytes begin like a stream too: only what calls itself one is worth a word.
  if (end === 'broken' && !isVague(kind)) sayClosed(place, reason ?? 'it does not unpack');
  if (isCut) {
    const bound = `it unpacks to more than ${spent} bytes, and only those were looked into`;
    // What a loader would read and we do not is as bad as what we read and refuse.
    if (isLoadable && isZlibKind(kind)) sayUnread(place, bound);
    else sayClosed(place, bound);
  }
  if (content.size > 0) await scanForPickles(content, { ...place, isCut });
}

const isVague = (kind: string) => kind === 'zlib' || kind === 'lzma' || kind === 'deflate';

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
  if (place.budget.members === 0) sayUnread(place, 'it has more members than a file of its size can need');
  return place.budget.members > 0;
}

function sayClosed({ label, problems }: Place, reason: string): void {
  problems.add('weights/not-scanned', `${label || 'The file'} was not searched: ${reason}.`);
}

/** Content that a loader would read and we do not is as dangerous as content that we read and refuse. */
function sayUnread({ label, problems }: Place, reason: string): void {
  problems.add('weights/pickle-limit', `${label || 'The file'} cannot be checked: ${reason}.`);
}
