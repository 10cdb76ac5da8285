/** The headers of a BMP file (wingdi.h: BITMAPFILEHEADER, BITMAPCOREHEADER, BITMAPINFOHEADER and its longer followers). */
import { PredictionError } from '../../sdk.ts';
import { viewOf } from './view.ts';

/** It ends with the offset of the pixels; the picture's own header follows. */
export const FILE_HEADER = 14;
/** The older one, of OS/2, has 16-bit sides, no compression and three bytes for each colour. */
const CORE_HEADER = 12;
const INFO_HEADER = 40;

/** By their codes. */
const compressions = ['none', 'rle8', 'rle4', 'masks'] as const;

/** Bits of red, green and blue within a pixel. */
export type Masks = readonly [red: number, green: number, blue: number];

export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /** Rows are top-down; otherwise bottom-up. */
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: (typeof compressions)[number];
  /** Defaults without a palette, if the file has no masks. */
  readonly masks: Masks | undefined;
  /** Offset of the pixels. */
  readonly pixels: number;
  /** Blue, green, red of each colour, `colourBytes` apart. */
  readonly palette: Uint8Array;
  readonly colourBytes: number;
}

export function readBmpHeader(bytes: Uint8Array): BmpHeader {
  const view = viewOf(bytes);
  const size = view.getUint32(14, true);
  const isCore = size === CORE_HEADER;
  if ((!isCore && size < INFO_HEADER) || FILE_HEADER + size > bytes.length)
    throw refuseBmp(`its header of ${size} bytes is unknown`);
  const [width, height] = isCore
    ? [view.getUint16(18, true), view.getUint16(20, true)]
    : [view.getInt32(18, true), view.getInt32(22, true)];
  if (width <= 0 || height === 0 || height === -(2 ** 31)) throw refuseBmp(`it claims ${width} x ${height} pixels`);
  const bits = view.getUint16(isCore ? 24 : 28, true);
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw refuseBmp(`${bits} bits per pixel are not supported`);
  const compression = toCompression(isCore ? 0 : view.getUint32(30, true), bits);
  // The number of colours may be 0: then there are as many as the bits allow.
  const named = isCore ? 0 : view.getUint32(46, true);
  const colours = bits > 8 ? 0 : Math.min(named || 2 ** bits, 2 ** bits);
  const colourBytes = isCore ? 3 : 4;
  return {
    width,
    height: Math.abs(height),
    topDown: height < 0,
    bits,
    compression,
    masks: compression === 'masks' ? readMasks(view) : undefined,
    pixels: view.getUint32(10, true),
    palette: bytes.subarray(FILE_HEADER + size, FILE_HEADER + size + colours * colourBytes),
    colourBytes,
  };
}

function toCompression(code: number, bits: number): BmpHeader['compression'] {
  const known = compressions[code];
  const fits = { none: true, rle8: bits === 8, rle4: bits === 4, masks: bits === 16 || bits === 32 };
  if (known === undefined || !fits[known]) throw refuseBmp(`its compression ${code} of ${bits} bits is not supported`);
  return known;
}

/** They follow the shortest header, and are at the same offset within the longer ones. */
function readMasks(view: DataView): Masks {
  const at = FILE_HEADER + INFO_HEADER;
  if (view.byteLength < at + 12) throw refuseBmp('its masks are truncated');
  return [view.getUint32(at, true), view.getUint32(at + 4, true), view.getUint32(at + 8, true)];
}

export function refuseBmp(reason: string): PredictionError {
  return new PredictionError(`The BMP image cannot be read: ${reason}.`, 400);
}
