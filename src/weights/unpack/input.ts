import { Malformed } from '../../core/documents/malformed.ts';

/** A cursor over compressed bytes; a read beyond their end is Malformed. */
export class Input {
  position = 0;
  readonly bytes: Uint8Array;
  #bits = 0;
  #bitCount = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get remaining(): number {
    return this.bytes.length - this.position;
  }

  byte(): number {
    const byte = this.bytes[this.position++];
    if (byte === undefined) throw new Malformed('it ends early', this.bytes.length);
    return byte;
  }

  take(length: number): Uint8Array {
    if (length > this.remaining) throw new Malformed('it ends early', this.bytes.length);
    this.position += length;
    return this.bytes.subarray(this.position - length, this.position);
  }

  u32(): number {
    return this.byte() + this.byte() * 2 ** 8 + this.byte() * 2 ** 16 + this.byte() * 2 ** 24;
  }

  /** Up to 24 bits, the highest first, as bzip2 writes them. */
  bits(count: number): number {
    while (this.#bitCount < count) {
      this.#bits = ((this.#bits << 8) | this.byte()) & 0x7fffffff;
      this.#bitCount += 8;
    }
    this.#bitCount -= count;
    return (this.#bits >>> this.#bitCount) & ((1 << count) - 1);
  }

  /** Drops the remaining bits of the last byte. */
  align(): void {
    this.#bitCount = 0;
  }
}
