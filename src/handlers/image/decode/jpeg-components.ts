import { viewOf } from './view.ts';

/** Every byte of a marker's first half (JPEG, ITU-T T.81, B.1.1.2). */
const MARKER = 0xff;
const START_OF_IMAGE = 0xd8;

/** Colour components that a JPEG's frame header declares: 1 gray, 3 colour, 4 inks. Undefined for anything else. */
export function jpegComponents(bytes: Uint8Array): number | undefined {
  if (bytes[0] !== MARKER || bytes[1] !== START_OF_IMAGE) return undefined;
  const view = viewOf(bytes);
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === MARKER; ) {
    const code = view.getUint8(at + 1);
    // Any number of fill bytes may stand before the code.
    if (code === MARKER) at += 1;
    else if (isFrameHeader(code)) return bytes[at + 9];
    else at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** SOF0 to SOF15, less the three codes in between that mean something else (DHT, JPG, DAC; T.81, table B.1). */
function isFrameHeader(code: number): boolean {
  return code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;
}
