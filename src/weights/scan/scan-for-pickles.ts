import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { BLOCK_BYTES, readTarSize } from '../../archive/tar/header.ts';
import { type ByteSource, bufferSource, sliceSource } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import { readNumpy } from '../numpy/read.ts';
import { judgePickle } from '../pickle/judge.ts';
import { isScriptClass } from '../pickle/script-classes.ts';
import { isConvincing, mayBePickle, runPickles } from '../pickle/stream.ts';
import { type Problems, quote } from '../reading/problem.ts';
import { Window } from '../reading/window.ts';
import { readLenientZip } from '../zip/lenient-zip.ts';
import { openMember } from '../zip/open-member.ts';
import { CONTAINER_HEAD_BYTES, type Container, findContainer } from './container.ts';

/** Containers in containers: what lies deeper is hidden, not packed. */
const MAX_DEPTH = 16;
/** Bytes of one file that is unpacked into memory, and of all of them in one scan. */
const MAX_UNPACKED_BYTES = 64 * 1024 ** 2;
const MAX_TOTAL_BYTES = 256 * 1024 ** 2;
/** Members that are looked into, over all containers of one scan. */
const MAX_MEMBERS = 100_000;

/** What one scan may still spend. */
export interface ScanBudget {
  bytes: number;
  members: number;
}

export const newScanBudget = (): ScanBudget => ({ bytes: MAX_TOTAL_BYTES, members: MAX_MEMBERS });

interface Place {
  /** What a message calls it: "inner.pt" in "extra/inner.pt". */
  readonly label: string;
  readonly depth: number;
  readonly problems: Problems;
  readonly budget: ScanBudget;
  /** Globals that the container around it explains. */
  readonly expected?: (path: string) => boolean;
}

/**
 * Looks for pickles that would run code, whatever the bytes are called and however they are wrapped: ZIP, tar, gzip, zlib,
 * arrays of objects, one in the other. What could not be looked into is said.
 */
async function scanForPickles(source: ByteSource, place: Place): Promise<void> {
  const head = Buffer.from(await source.read(0, Math.min(source.size, CONTAINER_HEAD_BYTES)));
  const container = findContainer(head);
  if (container !== undefined) await scanContainer(source, container, place);
  // A file may be two things at once, and each loader takes it for its own.
  await scanPickle(source, place);
}

/** The bytes themselves as a pickle. */
export async function scanPickle(source: ByteSource, { label, problems, expected }: Place): Promise<void> {
  const [first = 0] = await source.read(0, Math.min(source.size, 1));
  if (!mayBePickle(first)) return;
  const { runs } = await runPickles(new Window(source));
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

/** Looks into a container that the caller has recognised. */
export async function scanContainer(source: ByteSource, container: Container, place: Place): Promise<void> {
  if (place.depth >= MAX_DEPTH) {
    const message = `${place.label.slice(0, 120)} lies ${MAX_DEPTH} containers deep and was not looked into.`;
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
        return await scanCompressed(source, container, place);
      case 'npy':
        return await scanArray(source, place);
      default:
        return sayClosed(place, `it is compressed with ${container}`);
    }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    // Other bytes begin like a stream of zlib or lzma too: only what calls itself a container is worth a word.
    if (container !== 'zlib') sayClosed(place, error.message);
  }
}

async function scanZip(source: ByteSource, place: Place): Promise<void> {
  const { members } = await readLenientZip(source);
  const isScript = members.some(({ name }) => /(^|\/)constants\.pkl$/.test(name));
  const around = isScript ? { ...place, expected: isScriptClass } : place;
  for (const member of members) {
    if (member.size === 0 || !spendMember(place)) continue;
    if (member.method !== 0 && !spendBytes(place, Math.min(member.size, MAX_UNPACKED_BYTES))) return;
    const inner = inside(around, member.name);
    try {
      await scanForPickles(await openMember(source, member, MAX_UNPACKED_BYTES), inner);
    } catch (error) {
      // One that cannot be opened does not hide those behind it.
      if (!(error instanceof Malformed)) throw error;
      sayClosed(inner, error.message);
    }
  }
}

async function scanTar(source: ByteSource, place: Place): Promise<void> {
  for (let at = 0; at + BLOCK_BYTES <= source.size && spendMember(place); ) {
    const header = Buffer.from(await source.read(at, BLOCK_BYTES));
    const found = readTarSize(header);
    if (found === undefined) return;
    const size = Math.min(found.size, source.size - at - BLOCK_BYTES);
    if (size > 0)
      await scanForPickles(sliceSource(source, found.name, at + BLOCK_BYTES, size), inside(place, found.name));
    at += BLOCK_BYTES + Math.ceil(found.size / BLOCK_BYTES) * BLOCK_BYTES;
  }
}

const unpackers = { gzip: promisify(gunzip), zlib: promisify(inflate) } as const;

async function scanCompressed(source: ByteSource, kind: 'gzip' | 'zlib', place: Place): Promise<void> {
  if (source.size > MAX_UNPACKED_BYTES)
    return sayClosed(place, `it has ${source.size} bytes, more than ${MAX_UNPACKED_BYTES}`);
  const packed = await source.read(0, source.size);
  const options = { maxOutputLength: MAX_UNPACKED_BYTES };
  const content = await unpackers[kind](packed, options).catch((cause: unknown) => {
    throw new Malformed(
      cause instanceof RangeError ? `it unpacks to more than ${MAX_UNPACKED_BYTES} bytes` : 'it does not unpack',
      0,
    );
  });
  if (spendBytes(place, content.length))
    await scanForPickles(bufferSource(place.label, content), { ...place, depth: place.depth + 1 });
}

/** Of an array only what its objects would run is of interest here. */
async function scanArray(source: ByteSource, { problems, label }: Place): Promise<void> {
  const reading = await readNumpy(source);
  const found = reading.problems.filter(({ rule }) => rule.startsWith('weights/pickle'));
  problems.addAll(found, (message) => (label === '' ? message : `${label}: ${message}`));
}

function inside({ label, depth, ...rest }: Place, name: string): Place {
  return { ...rest, label: label === '' ? quote(name) : `${quote(name)} of ${label}`, depth: depth + 1 };
}

function spendMember(place: Place): boolean {
  place.budget.members--;
  if (place.budget.members === 0) sayClosed(place, `more than ${MAX_MEMBERS} members were looked into`);
  return place.budget.members > 0;
}

function spendBytes(place: Place, bytes: number): boolean {
  place.budget.bytes -= bytes;
  if (place.budget.bytes < 0) sayClosed(place, `more than ${MAX_TOTAL_BYTES} bytes would be unpacked`);
  return place.budget.bytes >= 0;
}

function sayClosed({ label, problems }: Place, reason: string): void {
  problems.add('weights/not-scanned', `${label || 'The file'} was not looked into: ${reason}.`);
}
