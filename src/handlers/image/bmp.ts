/**
 * BMP, the one common format that the decoder does not know: uncompressed, 1, 4, 8, 24 or 32 bits a pixel, as Pillow reads it
 * (the fourth byte of 32 bits is no alpha). Compressed ones (RLE) and unusual bit fields are refused in words.
 */
import { PredictionError } from '../sdk.ts';
import type { DecodedImage } from './decoded-image.ts';

/** The file header, which the offset of the pixels is in. */
const FILE_HEADER = 14;
/** Of the smallest header that says width and height in 32 bits; older ones are OS/2's. */
const MIN_INFO_HEADER = 40;
/** BI_RGB and BI_BITFIELDS (wingdi.h). */
const UNCOMPRESSED = 0;
const BIT_FIELDS = 3;
/** Masks of blue, green and red where the bytes of a pixel stand in their usual order. */
const USUAL_MASKS = [0xff0000, 0x00ff00, 0x0000ff] as const;

export function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d && bytes.length >= FILE_HEADER + MIN_INFO_HEADER;
}

interface Header {
  readonly width: number;
  readonly height: number;
  /** Rows stand from the top; otherwise from the bottom. */
  readonly topDown: boolean;
  readonly bits: number;
  /** Where the pixels begin. */
  readonly pixels: number;
  /** Three bytes a colour: blue, green, red, and one that is unused. */
  readonly palette: Uint8Array;
}

/** Throws a PredictionError (400) for what is no whole picture of these forms, or larger than `maxPixels`. */
export function decodeBmp(bytes: Uint8Array, maxPixels: number): DecodedImage {
  const header = readHeader(bytes);
  const { width, height, bits, pixels, topDown } = header;
  if (width * height > maxPixels) throw refuse(`${width} x ${height} pixels are more than ${maxPixels}`);
  // Every row is filled up to a multiple of four bytes.
  const line = Math.ceil((width * bits) / 32) * 4;
  if (bytes.length < pixels + line * height)
    throw refuse(
      `${line * height} bytes of pixels were expected from byte ${pixels} on, ${bytes.length} bytes are there`,
    );
  const data = new Uint8Array(width * height * 3);
  const writeLine = bits >= 24 ? writeDirect : writeIndexed;
  for (let y = 0; y < height; y++) {
    const from = pixels + (topDown ? y : height - 1 - y) * line;
    writeLine(bytes.subarray(from, from + line), header, data.subarray(y * width * 3, (y + 1) * width * 3));
  }
  return { width, height, space: 'rgb', channels: 3, data };
}

function readHeader(bytes: Uint8Array): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pixels = view.getUint32(10, true);
  const size = view.getUint32(14, true);
  if (size < MIN_INFO_HEADER || FILE_HEADER + size > bytes.length)
    throw refuse(`its header of ${size} bytes is not known`);
  const width = view.getInt32(18, true);
  const height = view.getInt32(22, true);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  if (width <= 0 || height === 0 || height === -(2 ** 31)) throw refuse(`it claims ${width} x ${height} pixels`);
  if (![1, 4, 8, 24, 32].includes(bits)) throw refuse(`${bits} bits a pixel are not known`);
  const masksAt = FILE_HEADER + MIN_INFO_HEADER;
  const usual =
    compression === UNCOMPRESSED ||
    (compression === BIT_FIELDS &&
      bits === 32 &&
      bytes.length >= masksAt + 12 &&
      USUAL_MASKS.every((mask, at) => view.getUint32(masksAt + at * 4, true) === mask));
  if (!usual) throw refuse(`its compression ${compression} is not supported`);
  // The number of colours may be left out: then there are as many as the bits can name.
  const colours = bits > 8 ? 0 : Math.min(view.getUint32(46, true) || 2 ** bits, 2 ** bits);
  const palette = bytes.subarray(FILE_HEADER + size, FILE_HEADER + size + colours * 4);
  return { width, height: Math.abs(height), topDown: height < 0, bits, pixels, palette };
}

function writeDirect(line: Uint8Array, { width, bits }: Header, out: Uint8Array): void {
  const step = bits / 8;
  for (let x = 0, from = 0, to = 0; x < width; x++, from += step, to += 3) {
    out[to] = line[from + 2] as number;
    out[to + 1] = line[from + 1] as number;
    out[to + 2] = line[from] as number;
  }
}

/** The leftmost pixel is in the highest bits. An index beyond the palette is black. */
function writeIndexed(line: Uint8Array, { width, bits, palette }: Header, out: Uint8Array): void {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  for (let x = 0, to = 0; x < width; x++, to += 3) {
    const byte = line[Math.floor(x / perByte)] as number;
    const index = (byte >> (8 - bits * ((x % perByte) + 1))) & mask;
    out[to] = palette[index * 4 + 2] ?? 0;
    out[to + 1] = palette[index * 4 + 1] ?? 0;
    out[to + 2] = palette[index * 4] ?? 0;
  }
}

function refuse(reason: string): PredictionError {
  return new PredictionError(`The BMP image cannot be read: ${reason}.`, 400);
}
