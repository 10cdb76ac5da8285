import { Malformed } from '../../core/documents/malformed.ts';

/** The value that Python's `ast.literal_eval` gives, as far as the header of a .npy file needs it. */
export type Literal = string | boolean | null | PythonNumber | Sequence | Dict;

/** A number; only whole ones have a value here. */
export interface PythonNumber {
  readonly kind: 'number';
  readonly value: bigint | undefined;
}

export interface Sequence {
  readonly kind: 'list' | 'tuple';
  readonly items: readonly Literal[];
}

export interface Dict {
  readonly kind: 'dict';
  /** Of duplicate keys the last counts, as in Python. */
  readonly entries: ReadonlyMap<string, Literal>;
  /** Those whose keys are whole numbers, by key. */
  readonly numbered: ReadonlyMap<bigint, Literal>;
}

/** Nesting of brackets; a dtype of dtypes is three deep. */
const MAX_DEPTH = 32;

const BLANKS = /(?:[ \t\f\r\n]|\\\r?\n|#[^\r\n]*)*/y;
const NUMBER = /[0-9](?:[0-9a-zA-Z_.]|(?<=[eE])[+-])*|\.[0-9](?:[0-9a-zA-Z_]|(?<=[eE])[+-])*/y;
const WHOLE = /^(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|[0-9]+)$/;
const STRING =
  /([uUbBrR]{0,2})('''[\s\S]*?(?<!\\)(?:\\\\)*'''|"""[\s\S]*?(?<!\\)(?:\\\\)*"""|'(?:[^'\\\r\n]|\\[\s\S])*'|"(?:[^"\\\r\n]|\\[\s\S])*")/y;
const WORD = /True|False|None/y;

/** Reads a literal to its end. Throws Malformed with the offset in characters. */
export function parseLiteral(text: string): Literal {
  const reader = new LiteralReader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

class LiteralReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  end(): void {
    this.#blanks();
    if (this.#at < this.#text.length) this.#fail('more text follows the value');
  }

  value(depth: number): Literal {
    if (depth > MAX_DEPTH) this.#fail('brackets are nested too deeply');
    this.#blanks();
    const next = this.#text[this.#at];
    if (next === '{') return this.#dict(depth);
    if (next === '[') return { kind: 'list', items: this.#items(']', depth).items };
    if (next === '(') return this.#parenthesised(depth);
    if (next === '+' || next === '-') return this.#signed(depth);
    const word = this.#word();
    // None is a value too.
    if (word !== undefined) return word;
    return this.#number() ?? this.#strings() ?? this.#fail('a Python literal is expected here');
  }

  #dict(depth: number): Dict {
    const entries = new Map<string, Literal>();
    const numbered = new Map<bigint, Literal>();
    this.#at++;
    while (!this.#take('}')) {
      const key = this.value(depth + 1);
      this.#expect(':');
      const value = this.value(depth + 1);
      // A header only has texts as keys; numpy refuses any other.
      entries.set(typeof key === 'string' ? key : `\0${entries.size}`, value);
      const number = typeof key === 'object' && key?.kind === 'number' ? key.value : undefined;
      if (number !== undefined) numbered.set(number, value);
      if (!this.#take(',')) {
        this.#expect('}');
        break;
      }
    }
    return { kind: 'dict', entries, numbered };
  }

  #items(close: string, depth: number): { items: Literal[]; hasComma: boolean } {
    const items: Literal[] = [];
    let hasComma = false;
    this.#at++;
    while (!this.#take(close)) {
      items.push(this.value(depth + 1));
      if (!this.#take(',')) {
        this.#expect(close);
        break;
      }
      hasComma = true;
    }
    return { items, hasComma };
  }

  /** `(1,)` is a tuple, `(1)` is its content. */
  #parenthesised(depth: number): Literal {
    const { items, hasComma } = this.#items(')', depth);
    const [only] = items;
    return only !== undefined && items.length === 1 && !hasComma ? only : { kind: 'tuple', items };
  }

  #signed(depth: number): Literal {
    const sign = this.#text[this.#at++] === '-' ? -1n : 1n;
    const value = this.value(depth + 1);
    if (typeof value !== 'object' || value?.kind !== 'number') return this.#fail('a sign is not followed by a number');
    return { kind: 'number', value: value.value === undefined ? undefined : sign * value.value };
  }

  #number(): PythonNumber | undefined {
    const found = this.#match(NUMBER)?.[0];
    if (found === undefined) return undefined;
    // Python 2 wrote "L" after a long.
    const digits = found.replaceAll('_', '').replace(/[lL]$/, '');
    return { kind: 'number', value: WHOLE.test(digits) ? BigInt(digits) : undefined };
  }

  /** Adjacent texts are one. */
  #strings(): string | undefined {
    let value: string | undefined;
    for (let found = this.#match(STRING); found !== undefined; found = this.#match(STRING)) {
      const [, prefix = '', quoted = ''] = found;
      const width = /^(?:'''|""")/.test(quoted) ? 3 : 1;
      const body = quoted.slice(width, -width);
      value = (value ?? '') + (/r/i.test(prefix) ? body : readEscapes(body));
      this.#blanks();
    }
    return value;
  }

  #word(): boolean | null | undefined {
    const found = this.#match(WORD)?.[0];
    return found === undefined ? undefined : found === 'None' ? null : found === 'True';
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }

  #blanks(): void {
    this.#match(BLANKS);
  }

  #take(char: string): boolean {
    this.#blanks();
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #expect(char: string): void {
    if (!this.#take(char)) this.#fail(`expected "${char}"`);
  }

  #fail(reason: string): never {
    throw new Malformed(reason, this.#at);
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
  '\r\n': '',
};

function readEscapes(body: string): string {
  return body.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|N\{[^}]*\}|(\r\n|[\s\S]))/g,
    (whole, x: string, u: string, long: string, octal: string, char: string) => {
      const hex = x ?? u ?? long;
      const code =
        hex !== undefined ? Number.parseInt(hex, 16) : octal !== undefined ? Number.parseInt(octal, 8) : undefined;
      if (code !== undefined) return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
      return char === undefined ? whole : (ESCAPES[char] ?? (/[\\'"]/.test(char) ? char : whole));
    },
  );
}
