/**
 * BMP, the only common format that the decoder does not support, as Pillow reads it: 1, 4 and 8 bits with a palette,
 * also run-length encoded, 16, 24 and 32 bits (whose extra bits are not alpha). Compressions of other formats (JPEG,
 * PNG) are refused with a message.
 */
import { type BmpHeader, FILE_HEADER, type Masks, readBmpHeader, refuseBmp } from './bmp-header.ts';
import { expandRuns } from './bmp-runs.ts';
import type { DecodedImage } from './decoded-image.ts';
import { viewOf } from './view.ts';

/** A file header and the shortest image header. */
const MIN_BYTES = FILE_HEADER + 12;
/** Masks of pixels without their own: of two bytes, and of three or four. */
const NARROW_MASKS: Masks = [0x7c00, 0x03e0, 0x001f];
const WIDE_MASKS: Masks = [0xff0000, 0x00ff00, 0x0000ff];

export function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d && bytes.length >= MIN_BYTES;
}

/** Throws a PredictionError (400) for an incomplete or unsupported image, or more than `maxPixels`. */
export function decodeBmp(bytes: Uint8Array, maxPixels: number): DecodedImage {
  const header = readBmpHeader(bytes);
  const { width, height } = header;
  if (width * height > maxPixels) throw refuseBmp(`${width} x ${height} pixels are more than ${maxPixels}`);
  const { lines, line, bits } = readLines(bytes, header);
  const data = new Uint8Array(width * height * 3);
  const writeLine = bits > 8 ? directWriter(header) : indexedWriter(header, bits);
  for (let y = 0; y < height; y++) {
    const from = (header.topDown ? y : height - 1 - y) * line;
    writeLine(lines.subarray(from, from + line), data.subarray(y * width * 3, (y + 1) * width * 3));
  }
  return { width, height, space: 'rgb', channels: 3, data };
}

interface Lines {
  readonly lines: Uint8Array;
  /** Bytes of one. */
  readonly line: number;
  readonly bits: number;
}

function readLines(bytes: Uint8Array, header: BmpHeader): Lines {
  const { width, height, bits, pixels, compression } = header;
  if (compression === 'rle8' || compression === 'rle4')
    return { lines: expandRuns(bytes, header), line: width, bits: 8 };
  // Every row is padded to a multiple of four bytes.
  const line = Math.ceil((width * bits) / 32) * 4;
  if (bytes.length < pixels + line * height)
    throw refuseBmp(
      `${line * height} bytes of pixels were expected from byte ${pixels} on, the image has ${bytes.length} bytes`,
    );
  return { lines: bytes.subarray(pixels, pixels + line * height), line, bits };
}

type WriteLine = (line: Uint8Array, out: Uint8Array) => void;

function directWriter({ width, bits, masks }: BmpHeader): WriteLine {
  const step = bits / 8;
  const [red, green, blue] = masks ?? (bits === 16 ? NARROW_MASKS : WIDE_MASKS);
  const channels = [toChannel(red), toChannel(green), toChannel(blue)] as const;
  if (channels.every(({ shift, most }) => shift % 8 === 0 && most === 255)) return byteWriter(width, step, channels);
  return (line, out) => {
    const bytes = viewOf(line);
    for (let x = 0, from = 0, to = 0; x < width; x++, from += step) {
      let pixel = 0;
      for (let byte = 0; byte < step; byte++) pixel |= bytes.getUint8(from + byte) << (byte * 8);
      for (const { shift, most } of channels) out[to++] = Math.floor((((pixel >>> shift) & most) * 255) / most);
    }
  };
}

/** The common case: each channel is a byte. */
function byteWriter(width: number, step: number, channels: readonly [Channel, Channel, Channel]): WriteLine {
  const [red, green, blue] = [channels[0].shift / 8, channels[1].shift / 8, channels[2].shift / 8];
  return (line, out) => {
    const bytes = viewOf(line);
    for (let x = 0, from = 0, to = 0; x < width; x++, from += step, to += 3) {
      out[to] = bytes.getUint8(from + red);
      out[to + 1] = bytes.getUint8(from + green);
      out[to + 2] = bytes.getUint8(from + blue);
    }
  };
}

/** The shift of a mask, and its maximum value, which becomes 255. */
interface Channel {
  readonly shift: number;
  readonly most: number;
}

function toChannel(mask: number): Channel {
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  const isRun = mask !== 0 && (most & (most + 1)) === 0;
  if (!isRun || most > 255) throw refuseBmp(`a mask of 0x${mask.toString(16)} is not supported`);
  return { shift, most };
}

/** The leftmost pixel is in the highest bits. An index beyond the palette is black. */
function indexedWriter({ width, palette, colourBytes }: BmpHeader, bits: number): WriteLine {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  return (line, out) => {
    for (let x = 0, to = 0; x < width; x++, to += 3) {
      const byte = line[Math.floor(x / perByte)] ?? 0;
      const colour = ((byte >> (8 - bits * ((x % perByte) + 1))) & mask) * colourBytes;
      out[to] = palette[colour + 2] ?? 0;
      out[to + 1] = palette[colour + 1] ?? 0;
      out[to + 2] = palette[colour] ?? 0;
    }
  };
}
