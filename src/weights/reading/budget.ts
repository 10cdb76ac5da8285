import { Malformed } from '../../core/documents/malformed.ts';

/** Memory that facts about one file may hold on to. The largest models seen (100,000 tensors) need about a fifth of it. */
const RETAINED_BYTES = 64 * 1024 ** 2;

/** What an object or array costs beside its strings; measured on V8 with tensor facts. */
const OBJECT_BYTES = 192;

/** Sound as far as was read, and more than this tool is willing to hold. */
export class OverLimit extends Malformed {}

/** Counts what a reader keeps, so that a file cannot make it keep more than memory has. */
export class Budget {
  readonly #limit: number;
  #left: number;

  constructor(bytes: number = RETAINED_BYTES) {
    this.#limit = bytes;
    this.#left = bytes;
  }

  /** Takes one object with `bytes` of text; throws {@link OverLimit} when the file asks for more than the budget. */
  spend(bytes: number, offset: number): void {
    this.take(OBJECT_BYTES + bytes, offset);
  }

  /** Takes `bytes` as they are. */
  take(bytes: number, offset: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new OverLimit(`it describes more than ${this.#limit} bytes of facts`, offset);
  }
}
