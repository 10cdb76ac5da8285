import { Malformed } from '../../core/documents/malformed.ts';

/** The output has reached the requested size. */
export class Full extends Error {}

/** Valid, but in a form that loaders read and this decoder does not. */
export class Unsupported extends Malformed {}

const FIRST_BYTES = 64 * 1024;

/** Bytes that a decoder writes and copies from, up to a limit. */
export class Output {
  length = 0;
  #bytes: Uint8Array;
  readonly #limit: number;

  constructor(limit: number) {
    this.#bytes = new Uint8Array(Math.min(FIRST_BYTES, limit));
    this.#limit = limit;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  push(byte: number): void {
    if (this.length >= this.#bytes.length) this.#grow(1);
    this.#bytes[this.length++] = byte;
  }

  append(bytes: Uint8Array): void {
    const taken = bytes.subarray(0, this.#limit - this.length);
    this.#grow(taken.length);
    this.#bytes.set(taken, this.length);
    this.length += taken.length;
    if (taken.length < bytes.length) throw new Full();
  }

  /** The byte `distance` back, 1 for the last. */
  back(distance: number): number {
    return this.#bytes[this.length - distance] ?? 0;
  }

  /** Repeats `length` bytes from `distance` back; they may overlap their own output. */
  copy(distance: number, length: number): void {
    if (distance < 1 || distance > this.length) throw new Malformed('it refers to bytes before its start', this.length);
    const end = Math.min(this.length + length, this.#limit);
    this.#grow(end - this.length);
    if (distance === 1) this.#bytes.fill(this.back(1), this.length, end);
    else for (let at = this.length; at < end; at++) this.#bytes[at] = this.#bytes[at - distance] ?? 0;
    const isFull = end < this.length + length;
    this.length = end;
    if (isFull) throw new Full();
  }

  #grow(more: number): void {
    const needed = this.length + more;
    if (needed > this.#limit) throw new Full();
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.min(Math.max(needed, 2 * this.#bytes.length), this.#limit));
    grown.set(this.bytes);
    this.#bytes = grown;
  }
}
