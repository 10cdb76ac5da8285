import { Malformed } from './malformed.ts';

/** serde_json's limit, which the safetensors library inherits. */
const MAX_DEPTH = 127;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const mark = { quote: 0x22, comma: 0x2c, colon: 0x3a, backslash: 0x5c, minus: 0x2d } as const;

/**
 * A pull reader of JSON (RFC 8259) for headers that other programs trust. Where JSON.parse is lenient it refuses:
 * duplicate keys, integers past 64 bits, `1e1` or `1.0` where an integer belongs, lone surrogates, deep nesting.
 * A key is only ever a string in a Set or Map, so `__proto__` is a name like any other.
 */
export class JsonReader {
  readonly #bytes: Uint8Array;
  /** Added to offsets in problems: where the text starts in its file. */
  readonly #origin: number;
  #at = 0;
  #depth = 0;

  /** `bytes` must be valid UTF-8: the caller has checked. */
  constructor(bytes: Uint8Array, origin = 0) {
    this.#bytes = bytes;
    this.#origin = origin;
  }

  /** Where the next value starts, from the start of the file. */
  get offset(): number {
    return this.#origin + this.#at;
  }

  fail(message: string, offset: number = this.offset): never {
    throw new Malformed(message, offset);
  }

  /** What kind of value comes next. */
  peek(): 'object' | 'array' | 'string' | 'number' | 'literal' {
    switch (this.#next()) {
      case 0x7b:
        return 'object';
      case 0x5b:
        return 'array';
      case mark.quote:
        return 'string';
      case 0x74:
      case 0x66:
      case 0x6e:
        return 'literal';
      default:
        return 'number';
    }
  }

  /** Only white space may follow the value. */
  end(): void {
    this.#skipSpace();
    if (this.#at < this.#bytes.length) this.fail('more text follows the JSON value');
  }

  /** Calls `visit` for each key, positioned before its value, which `visit` must read. */
  object(visit: (key: string, offset: number) => void): void {
    const keys = new Set<string>();
    this.#container(0x7b, 0x7d, 'an object', () => {
      if (this.#next() !== mark.quote) this.fail('a key must be a string');
      const offset = this.offset;
      const key = this.string();
      if (keys.has(key)) this.fail(`the key ${JSON.stringify(key)} occurs twice`, offset);
      keys.add(key);
      if (this.#next() !== mark.colon) this.fail('a ":" must follow a key');
      this.#at++;
      visit(key, offset);
    });
  }

  /** Calls `visit` before each element, which `visit` must read. */
  array(visit: (index: number) => void): void {
    let index = 0;
    this.#container(0x5b, 0x5d, 'an array', () => visit(index++));
  }

  #container(open: number, close: number, what: string, element: () => void): void {
    if (this.#next() !== open) this.fail(`expected ${what}`);
    if (++this.#depth > MAX_DEPTH) this.fail(`values are nested deeper than ${MAX_DEPTH}`);
    this.#at++;
    if (this.#next() === close) {
      this.#at++;
    } else {
      for (;;) {
        element();
        const found = this.#next();
        this.#at++;
        if (found === close) break;
        if (found !== mark.comma) this.fail(`expected "," or the end of ${what}`, this.offset - 1);
      }
    }
    this.#depth--;
  }

  string(): string {
    if (this.#next() !== mark.quote) this.fail('expected a string');
    const start = ++this.#at;
    let escaped = false;
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) this.fail('a string does not end', this.#origin + start);
      if (byte < 0x20) this.fail('a string contains a control character');
      this.#at++;
      if (byte === mark.quote) break;
      if (byte !== mark.backslash) continue;
      escaped = true;
      this.#at++;
    }
    const raw = decoder.decode(this.#bytes.subarray(start, this.#at - 1));
    return escaped ? this.#unescape(raw, this.#origin + start) : raw;
  }

  #unescape(raw: string, offset: number): string {
    let text = '';
    for (let i = 0; i < raw.length; i++) {
      if (raw[i] !== '\\') {
        text += raw[i];
        continue;
      }
      const letter = raw[++i] ?? '';
      if (letter === 'u') {
        const digits = raw.slice(i + 1, i + 5);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail('a string contains an incomplete escape', offset);
        text += String.fromCharCode(Number.parseInt(digits, 16));
        i += 4;
      } else {
        text += escapes.get(letter) ?? this.fail('a string contains an unknown escape', offset);
      }
    }
    if (/\p{Surrogate}/u.test(text)) this.fail('a string contains half of a surrogate pair', offset);
    return text;
  }

  /** An integer from 0 to 2^64 − 1, written without fraction or exponent. */
  unsigned(): bigint {
    const offset = this.offset;
    const text = this.#number();
    if (!/^[0-9]+$/.test(text)) this.fail(`${text} is not a whole number of 0 or more`, offset);
    if (text.length > 20 || BigInt(text) >= 2n ** 64n) this.fail(`${text.slice(0, 24)} is larger than 64 bits`, offset);
    return BigInt(text);
  }

  #number(): string {
    this.#next();
    const start = this.#at;
    while (isNumberByte(this.#bytes[this.#at] ?? NaN)) this.#at++;
    const text = Buffer.from(this.#bytes.subarray(start, this.#at)).toString('latin1');
    if (!/^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(text))
      this.fail('expected a value', this.#origin + start);
    return text;
  }

  /** Reads any value, checking its syntax, and discards it. */
  skip(): void {
    switch (this.peek()) {
      case 'object':
        this.object(() => this.skip());
        return;
      case 'array':
        this.array(() => this.skip());
        return;
      case 'string':
        this.string();
        return;
      case 'number':
        this.#number();
        return;
      case 'literal':
        this.literal();
    }
  }

  literal(): 'true' | 'false' | 'null' {
    this.#next();
    for (const word of ['true', 'false', 'null'] as const) {
      const found = this.#bytes.subarray(this.#at, this.#at + word.length);
      if (Buffer.from(found).toString('latin1') !== word) continue;
      this.#at += word.length;
      return word;
    }
    return this.fail('expected a value');
  }

  /** The next byte that is not white space, not consumed. */
  #next(): number {
    this.#skipSpace();
    return this.#bytes[this.#at] ?? this.fail('the text ends too early');
  }

  #skipSpace(): void {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at++;
    }
  }
}

const escapes = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** Digits, signs, point and exponent. */
function isNumberByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2b ||
    byte === mark.minus ||
    byte === 0x2e ||
    byte === 0x65 ||
    byte === 0x45
  );
}
