/**
 * Small plain PNGs, such as a digit or an icon: 8 bits a channel, not interlaced, no transparent colour. The decoder's own machinery
 * (a pipeline, a thread, two hand-overs) costs 0.4 ms whatever the size, which for these is ten times the decoding.
 */
import { crc32, inflateSync } from 'node:zlib';
import type { DecodedImage } from './decoded-image.ts';
import { viewOf } from './view.ts';

/** Above this the decoder is quicker: it is native, and does not hold up the thread that runs the model. */
const MAX_PIXELS = 128 * 128;

/** zlib takes no smaller piece of output at a time; one of the exact size is all that is needed. */
const MIN_CHUNK = 64;

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;
/** Of a chunk without data: its length, type and checksum (PNG specification, 5.3). */
const CHUNK_FRAME = 12;
/** Colour types (PNG specification, 11.2.1) → samples of a pixel. */
const samples: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const PALETTE = 3;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly colourType: number;
  /** Bytes of a pixel as they are stored. */
  readonly stride: number;
}

/** Undefined for everything else, damage included: the decoder reads it, or says what is wrong with it. */
export function decodeSmallPng(bytes: Uint8Array): DecodedImage | undefined {
  if (SIGNATURE.some((byte, at) => bytes[at] !== byte)) return undefined;
  const chunks = readChunks(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const header = chunks === undefined ? undefined : readHeader(chunks);
  if (chunks === undefined || header === undefined) return undefined;
  const lines = inflate(chunks.get('IDAT'), header);
  if (lines === undefined || !unfilter(lines, header)) return undefined;
  return toChannels(lines, header, chunks.get('PLTE'));
}

type Chunks = ReadonlyMap<string, Buffer>;

/** Data by type, that of equal types joined; undefined unless all are whole and none is there that changes the pixels. */
function readChunks(bytes: Buffer): Chunks | undefined {
  const chunks = new Map<string, Buffer>();
  for (let at: number = SIGNATURE.length; at + CHUNK_FRAME <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const end = at + CHUNK_FRAME + length;
    if (end > bytes.length) return undefined;
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) return undefined;
    if (type === 'tRNS') return undefined;
    if (type === 'IEND') return chunks;
    const data = bytes.subarray(at + 8, end - 4);
    const known = chunks.get(type);
    chunks.set(type, known === undefined ? data : Buffer.concat([known, data]));
    at = end;
  }
  return undefined;
}

function readHeader(chunks: Chunks): Header | undefined {
  const data = chunks.get('IHDR');
  if (data?.length !== 13) return undefined;
  const [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
  const [bits, colourType = -1, compression, filter, interlaced] = data.subarray(8);
  const stride = samples[colourType];
  const isPlain = bits === 8 && compression === 0 && filter === 0 && interlaced === 0;
  if (stride === undefined || !isPlain || width * height === 0 || width * height > MAX_PIXELS) return undefined;
  return { width, height, colourType, stride };
}

/** The filtered lines, each with its filter type before it. */
function inflate(data: Buffer | undefined, { width, height, stride }: Header): Buffer | undefined {
  const size = height * (1 + width * stride);
  try {
    const lines =
      data === undefined
        ? undefined
        : inflateSync(data, { maxOutputLength: size, chunkSize: Math.max(size, MIN_CHUNK) });
    return lines?.length === size ? lines : undefined;
  } catch {
    return undefined;
  }
}

/** In place (PNG specification, 9.2). False for a filter that does not exist. */
function unfilter(lines: Buffer, { width, height, stride }: Header): boolean {
  const line = width * stride;
  const view = viewOf(lines);
  for (let y = 0; y < height; y++) {
    const start = y * (line + 1) + 1;
    const filter = view.getUint8(start - 1);
    if (filter > 4) return false;
    if (filter === 0) continue;
    for (let x = 0; x < line; x++) {
      const at = start + x;
      const left = x < stride ? 0 : view.getUint8(at - stride);
      const up = y === 0 ? 0 : view.getUint8(at - line - 1);
      const upLeft = x < stride || y === 0 ? 0 : view.getUint8(at - line - 1 - stride);
      lines[at] = view.getUint8(at) + predict(filter, left, up, upLeft);
    }
  }
  return true;
}

function predict(filter: number, left: number, up: number, upLeft: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const [toLeft, toUp, toUpLeft] = [Math.abs(up - upLeft), Math.abs(left - upLeft), Math.abs(left + up - 2 * upLeft)];
  if (toLeft <= toUp && toLeft <= toUpLeft) return left;
  return toUp <= toUpLeft ? up : upLeft;
}

/** Undefined for a pixel whose colour the palette does not have. */
function toChannels(
  lines: Buffer,
  { width, height, colourType, stride }: Header,
  palette: Buffer | undefined,
): DecodedImage | undefined {
  const hasAlpha = colourType === 4 || colourType === 6;
  const channels = hasAlpha ? 4 : 3;
  const data = new Uint8Array(width * height * channels);
  // Of gray all three channels are the one sample.
  const step = colourType === 2 || colourType === 6 ? 1 : 0;
  const view = viewOf(lines);
  let to = 0;
  for (let y = 0; y < height; y++) {
    let from = y * (1 + width * stride) + 1;
    for (let x = 0; x < width; x++, from += stride, to += channels) {
      if (colourType === PALETTE) {
        const colour = view.getUint8(from) * 3;
        if (palette === undefined || colour + 3 > palette.length) return undefined;
        data[to] = palette[colour] ?? 0;
        data[to + 1] = palette[colour + 1] ?? 0;
        data[to + 2] = palette[colour + 2] ?? 0;
      } else {
        data[to] = view.getUint8(from);
        data[to + 1] = view.getUint8(from + step);
        data[to + 2] = view.getUint8(from + 2 * step);
        if (hasAlpha) data[to + 3] = view.getUint8(from + stride - 1);
      }
    }
  }
  return { width, height, space: 'rgb', channels, data };
}
