const keywords = `False None True and as assert async await break class continue def del elif else except finally for
from global if import in is lambda nonlocal not or pass raise return try while with yield`.split(/\s+/);

const operators = `( ) [ ] { } , : ; . ... -> := = == != <> < <= > >= + += - -= * *= ** **= / /= // //= % %= @ @= & &=
| |= ^ ^= ~ << <<= >> >>=`.split(/\s+/);

/**
 * Kinds with more than one text. A format string is `f"` to `"f`, with replacement fields `f{` to `f}` in it; `f!` and
 * `f:` separate the expression of a field from its conversion and its format. A FAULT is a place where no token can be
 * read.
 */
const classes = ['NAME', 'NUMBER', 'STRING', 'f"', '"f', 'f{', 'f!', 'f:', 'f}', 'NEWLINE', 'INDENT', 'DEDENT'];

/** A keyword or an operator is its own kind. */
const kinds = [...classes, 'END', 'FAULT', ...keywords, ...operators];
const numbers = new Map(kinds.map((kind, number) => [kind, number]));
const FAULT = kinds.indexOf('FAULT');

const keywordSet: ReadonlySet<string> = new Set(keywords);

export function isKeyword(word: string): boolean {
  return keywordSet.has(word);
}

/** The tokens of one text in order, in nine bytes each: a text of 8 MB may have as many tokens. */
export class Tokens {
  length = 0;
  /** Why there is a FAULT at the end. */
  fault = '';
  /** Opening brackets that are never closed, the innermost last. */
  unclosed: readonly number[] = [];
  #kinds = new Uint8Array(1024);
  #starts = new Uint32Array(1024);
  #ends = new Uint32Array(1024);

  push(kind: string, start: number, end: number): void {
    if (this.length === this.#kinds.length) this.#grow();
    this.#kinds[this.length] = numbers.get(kind) ?? FAULT;
    this.#starts[this.length] = start;
    this.#ends[this.length] = end;
    this.length++;
  }

  kind(index: number): string {
    return kinds[this.#kinds[index] ?? FAULT] ?? 'FAULT';
  }

  start(index: number): number {
    return this.#starts[index] ?? NaN;
  }

  end(index: number): number {
    return this.#ends[index] ?? NaN;
  }

  #grow(): void {
    const [kinds, starts, ends] = [this.#kinds, this.#starts, this.#ends];
    this.#kinds = new Uint8Array(this.length * 2);
    this.#starts = new Uint32Array(this.length * 2);
    this.#ends = new Uint32Array(this.length * 2);
    this.#kinds.set(kinds);
    this.#starts.set(starts);
    this.#ends.set(ends);
  }
}
