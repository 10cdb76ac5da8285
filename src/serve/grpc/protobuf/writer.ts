/** Writes the wire format of Protocol Buffers. */

export interface Writer {
  /** Unsigned; `high` is the upper half of 64 bits. */
  varint(low: number, high?: number): void;
  bytes(bytes: Uint8Array): void;
  /** All that was written, after `reserved` bytes left for a head. */
  finish(reserved?: number): Buffer;
}

/** Numbers are gathered before they become a piece: most messages fit in the first, and those of many numbers in few. */
const FIRST_PIECE_BYTES = 256;
const MAX_PIECE_BYTES = 64 * 1024;
const MAX_VARINT_BYTES = 10;

export function createWriter(): Writer {
  const pieces: Uint8Array[] = [];
  let total = 0;
  let small = Buffer.allocUnsafe(FIRST_PIECE_BYTES);
  let used = 0;
  let pieceBytes = 2 * FIRST_PIECE_BYTES;
  const flush = () => {
    pieces.push(small.subarray(0, used));
    total += used;
    small = small.subarray(used);
    used = 0;
  };
  return {
    varint(low, high = 0) {
      if (used + MAX_VARINT_BYTES > small.length) {
        flush();
        small = Buffer.allocUnsafe(pieceBytes);
        pieceBytes = Math.min(2 * pieceBytes, MAX_PIECE_BYTES);
      }
      let rest = low >>> 0;
      let upper = high >>> 0;
      while (rest > 0x7f || upper > 0) {
        small[used++] = (rest & 0x7f) | 0x80;
        rest = ((rest >>> 7) | (upper << 25)) >>> 0;
        upper >>>= 7;
      }
      small[used++] = rest;
    },
    bytes(bytes) {
      flush();
      pieces.push(bytes);
      total += bytes.length;
    },
    finish(reserved = 0) {
      flush();
      const whole = Buffer.allocUnsafe(reserved + total);
      let at = reserved;
      for (const piece of pieces) {
        whole.set(piece, at);
        at += piece.length;
      }
      return whole;
    },
  };
}

export function writeTag(writer: Writer, number: number, wireType: number): void {
  writer.varint((number << 3) | wireType);
}

/** With their length before them. */
export function writeBytes(writer: Writer, bytes: Uint8Array): void {
  writer.varint(bytes.length);
  writer.bytes(bytes);
}
