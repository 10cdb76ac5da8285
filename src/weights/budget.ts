import { Malformed } from './malformed.ts';

/** Memory that facts about one file may hold on to. The largest models seen (100,000 tensors) need about a fifth of it. */
const RETAINED_BYTES = 64 * 1024 ** 2;

/** What an object or array costs beside its strings; measured on V8 with tensor facts. */
const OBJECT_BYTES = 192;

/** Counts what a reader keeps, so that a file cannot make it keep more than memory has. */
export class Budget {
  #left: number;

  constructor(bytes: number = RETAINED_BYTES) {
    this.#left = bytes;
  }

  /** Takes one object with `bytes` of text; throws {@link Malformed} when the file asks for more than the budget. */
  spend(bytes: number, offset: number): void {
    this.#left -= OBJECT_BYTES + bytes;
    if (this.#left < 0) throw new Malformed(`the file describes more than ${RETAINED_BYTES} bytes of facts`, offset);
  }
}
