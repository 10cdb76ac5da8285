import { Malformed } from '../../core/documents/malformed.ts';

/** Maximum memory for the facts about one file. The largest models seen (100,000 tensors) need about a fifth of it. */
const RETAINED_BYTES = 64 * 1024 ** 2;

/** Overhead of an object or array besides its strings; measured on V8 with tensor facts. */
const OBJECT_BYTES = 192;

/** Valid as far as it was read, but larger than the budget. */
export class OverLimit extends Malformed {}

/** Counts what a reader keeps, so that a file cannot make it keep more than memory has. */
export class Budget {
  readonly #limit: number;
  #left: number;

  constructor(bytes: number = RETAINED_BYTES) {
    this.#limit = bytes;
    this.#left = bytes;
  }

  /** Counts one object with `bytes` of text; throws {@link OverLimit} beyond the budget. */
  spend(bytes: number, offset: number): void {
    this.take(OBJECT_BYTES + bytes, offset);
  }

  /** Counts `bytes`. */
  take(bytes: number, offset: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new OverLimit(`it describes more than ${this.#limit} bytes of facts`, offset);
  }
}
