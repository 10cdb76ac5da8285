/** The end record of a ZIP, and how far it may stand before the end. */
const END_OF_ZIP = Buffer.from('504b0506', 'hex');
export const TAIL_BYTES = 22 + 0xffff;

/** Whether the last bytes of a file are those of a ZIP for a reader that looks for its end. */
export function endsWithZip(tail: Buffer): boolean {
  return tail.includes(END_OF_ZIP);
}
