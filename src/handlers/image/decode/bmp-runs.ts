/**
 * Run-length encoded BMP (wingdi.h, BI_RLE8 and BI_RLE4): pairs of a count and a value, where a count of 0 is a
 * command.
 */
import type { BmpHeader } from './bmp-header.ts';
import { viewOf } from './view.ts';

const END_OF_LINE = 0;
const END_OF_PICTURE = 1;
const MOVE = 2;

/**
 * Indices into the palette, one byte each, rows in the order of the file. Pixels without a run have index 0; runs
 * beyond the end of a row are cut.
 */
export function expandRuns(bytes: Uint8Array, { width, height, bits, pixels }: BmpHeader): Uint8Array {
  const out = new Uint8Array(width * height);
  let x = 0;
  let line = 0;
  const put = (index: number) => {
    if (x < width) out[line * width + x] = index;
    x++;
  };
  /** Of a byte with two indices the first is in the high bits. */
  const indexAt = (byte: number, i: number) => (bits === 8 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15);
  const view = viewOf(bytes);
  for (let at = pixels; at + 1 < bytes.length && line < height; ) {
    const [count, value] = [view.getUint8(at), view.getUint8(at + 1)];
    at += 2;
    if (count > 0) for (let i = 0; i < count; i++) put(indexAt(value, i));
    else if (value === END_OF_PICTURE) break;
    else if (value === END_OF_LINE) {
      x = 0;
      line++;
    } else if (value === MOVE) {
      x += bytes[at] ?? 0;
      line += bytes[at + 1] ?? 0;
      at += 2;
    } else {
      // Literal indices, padded to a multiple of two bytes.
      for (let i = 0; i < value; i++) put(indexAt(bytes[at + Math.floor((i * bits) / 8)] ?? 0, i));
      at += Math.ceil((value * bits) / 16) * 2;
    }
  }
  return out;
}
