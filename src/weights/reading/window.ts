import type { ByteSource } from '../../core/byte-source.ts';

/** After a jump few bytes are needed, in a sequence many: reads start small and double while they stay sequential. */
const FIRST_READ_BYTES = 4 * 1024;
const LARGEST_READ_BYTES = 256 * 1024;

/**
 * A cursor over a source that keeps only a window of it in memory. `fill` is the one asynchronous call: a parser awaits
 * it only when `available` is too small, so a walk over a million fields costs a few hundred awaits.
 */
export class Window {
  /** Absolute offset of the next byte; may be set, forwards or backwards. */
  position: number;
  /** Absolute offset after the last readable byte. */
  readonly end: number;
  /** More content follows the end, which was not unpacked. */
  readonly isCut: boolean;
  /** The bytes in memory; `bytes[0]` is at absolute offset `base`. */
  bytes: Uint8Array = new Uint8Array(0);
  base: number;
  readonly #source: ByteSource;
  #readSize = FIRST_READ_BYTES;

  constructor(source: ByteSource, start = 0, end: number = source.size, isCut = false) {
    this.#source = source;
    this.position = start;
    this.base = start;
    this.end = end;
    this.isCut = isCut;
  }

  /** Another cursor over the same source. */
  from(position: number): Window {
    return new Window(this.#source, position, this.end, this.isCut);
  }

  /** Bytes of the window from the position on. */
  get available(): number {
    const index = this.position - this.base;
    return index < 0 || index > this.bytes.length ? 0 : this.bytes.length - index;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  /** Makes `wanted` bytes available, or all that remain. */
  async fill(wanted: number): Promise<void> {
    const needed = Math.min(wanted, this.remaining);
    const kept = this.available;
    if (kept >= needed) return;
    const sequential = this.position <= this.base + this.bytes.length && this.position >= this.base;
    this.#readSize = sequential ? Math.min(this.#readSize * 2, LARGEST_READ_BYTES) : FIRST_READ_BYTES;
    const length = Math.min(Math.max(needed, this.#readSize), this.remaining);
    const fresh = await this.#source.read(this.position + kept, length - kept);
    if (kept === 0) {
      this.bytes = fresh;
    } else {
      const joined = new Uint8Array(length);
      joined.set(this.bytes.subarray(this.position - this.base));
      joined.set(fresh, kept);
      this.bytes = joined;
    }
    this.base = this.position;
  }

  /** The next byte, without a check: the caller has filled. */
  byte(): number {
    return this.bytes[this.position++ - this.base] ?? 0; // inside the window, the caller has filled
  }

  /** The next `length` bytes as a view, valid until the next fill; the caller has filled. */
  take(length: number): Uint8Array {
    const index = this.position - this.base;
    this.position += length;
    return this.bytes.subarray(index, index + length);
  }
}
