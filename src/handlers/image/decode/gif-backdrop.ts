import type { DecodedImage } from './decoded-image.ts';
import { viewOf } from './view.ts';

/** GIF89a, sections 18 to 24: signature and screen descriptor, then a table of colours, then blocks. */
const SCREEN_FLAGS = 10;
const FIRST_TABLE = 13;
const EXTENSION = 0x21;
const GRAPHIC_CONTROL = 0xf9;
/** Bytes of what stands before an image's own table: separator, place, size, flags. */
const IMAGE_DESCRIPTOR = 10;
const HAS_TABLE = 0x80;
const HAS_TRANSPARENCY = 0x01;

export function isGif(bytes: Uint8Array): boolean {
  return bytes[0] === 0x47 && bytes[1] === 0x49 && bytes[2] === 0x46;
}

/** What the first frame fills of the screen, and the palette's colour of what it leaves free. */
interface Frame {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly backdrop: Uint8Array;
}

/**
 * Gives pixels that the first frame leaves free, or that are transparent in it, the colour they have in Pillow, where they are
 * pixels of the palette like others: of the transparent index, or of index 0 without one. The decoder makes them black.
 */
export function paintBackdrop({ width, channels, data }: DecodedImage, bytes: Uint8Array): void {
  const { left, top, right, bottom, backdrop } = readFirstFrame(bytes);
  for (let at = 0, x = 0, y = 0; at < data.length; at += channels) {
    const isFree = x < left || x >= right || y < top || y >= bottom || (channels === 4 && data[at + 3] === 0);
    if (isFree) data.set(backdrop, at);
    if (++x === width) {
      x = 0;
      y++;
    }
  }
}

/** The decoder has read the bytes: they are a GIF. */
function readFirstFrame(bytes: Uint8Array): Frame {
  const view = viewOf(bytes);
  const screenFlags = view.getUint8(SCREEN_FLAGS);
  let at = FIRST_TABLE + ((screenFlags & HAS_TABLE) === 0 ? 0 : tableBytes(screenFlags));
  let index = 0;
  for (; view.getUint8(at) === EXTENSION; at = skipBlocks(view, at + 2)) {
    if (view.getUint8(at + 1) !== GRAPHIC_CONTROL) continue;
    index = (view.getUint8(at + 3) & HAS_TRANSPARENCY) === 0 ? 0 : view.getUint8(at + 6);
  }
  const [left, top] = [view.getUint16(at + 1, true), view.getUint16(at + 3, true)];
  const [right, bottom] = [left + view.getUint16(at + 5, true), top + view.getUint16(at + 7, true)];
  const table = (view.getUint8(at + 9) & HAS_TABLE) === 0 ? FIRST_TABLE : at + IMAGE_DESCRIPTOR;
  const colour = table + index * 3;
  return { left, top, right, bottom, backdrop: bytes.subarray(colour, colour + 3) };
}

const tableBytes = (flags: number): number => 3 * 2 ** ((flags & 7) + 1);

/** Each block begins with its length; one of length 0 ends them. */
function skipBlocks(view: DataView, start: number): number {
  let at = start;
  while (view.getUint8(at) > 0) at += view.getUint8(at) + 1;
  return at + 1;
}
