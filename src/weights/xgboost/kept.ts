import { Malformed } from '../../core/documents/malformed.ts';
import type { JsonReader } from '../../core/documents/strict-json.ts';

/**
 * The part of a model that describes it: objects, texts, and short lists of texts or numbers. Trees are lists of objects and
 * make up nearly all of a file; of a list only its length is kept beside its first values.
 */
export type Kept = string | number | KeptList | KeptObject | undefined;
export interface KeptObject {
  readonly [key: string]: Kept;
}
export interface KeptList {
  readonly length: number;
  readonly first: readonly (string | number)[];
}

/** Names of features are kept; a table has up to some thousands. */
const MAX_KEPT_ITEMS = 4096;
/** Nesting; a booster inside a booster (dart) has eight levels. */
const MAX_DEPTH = 32;

export function keepJson(reader: JsonReader, depth = 0): Kept {
  if (depth > MAX_DEPTH) reader.fail('values are nested too deeply');
  switch (reader.peek()) {
    case 'object': {
      const object: Record<string, Kept> = Object.create(null);
      reader.object((key) => {
        object[key] = keepJson(reader, depth + 1);
      });
      return object;
    }
    case 'array': {
      const first: (string | number)[] = [];
      let length = 0;
      reader.array(() => {
        length++;
        const isText = reader.peek() === 'string' && first.length < MAX_KEPT_ITEMS;
        if (isText) first.push(reader.string());
        else reader.skip();
      });
      return { length, first };
    }
    case 'string':
      return reader.string();
    default:
      reader.skip();
      return undefined;
  }
}

const integers: Readonly<Record<string, readonly [bytes: number, read: (bytes: Buffer, at: number) => number]>> = {
  i: [1, (bytes, at) => bytes.readInt8(at)],
  U: [1, (bytes, at) => bytes.readUInt8(at)],
  I: [2, (bytes, at) => bytes.readInt16BE(at)],
  l: [4, (bytes, at) => bytes.readInt32BE(at)],
  L: [8, (bytes, at) => Number(bytes.readBigInt64BE(at))],
};
const widths: Readonly<Record<string, number>> = {
  Z: 0,
  N: 0,
  T: 0,
  F: 0,
  C: 1,
  d: 4,
  D: 8,
  i: 1,
  U: 1,
  I: 2,
  l: 4,
  L: 8,
};

/** Universal Binary JSON (ubjson.org, draft 12), as far as XGBoost writes it. */
export class UbjReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  keep(depth = 0, marker = this.#marker()): Kept {
    if (depth > MAX_DEPTH) throw new Malformed('values are nested too deeply', this.#at);
    if (marker === '{') return this.#object(depth);
    if (marker === '[') return this.#list(depth);
    if (marker === 'S') return this.#text();
    const width = widths[marker];
    if (width === undefined) throw new Malformed(`${JSON.stringify(marker)} is not a type`, this.#at);
    const integer = integers[marker];
    const at = this.#advance(width);
    return integer?.[1](this.#bytes, at);
  }

  #object(depth: number): KeptObject {
    const object: Record<string, Kept> = Object.create(null);
    while (this.#peek() !== '}') object[this.#text()] = this.keep(depth + 1);
    this.#advance(1);
    return object;
  }

  #list(depth: number): KeptList {
    const type = this.#peek() === '$' ? this.#typeOfItems() : undefined;
    const count = this.#peek() === '#' ? this.#count() : undefined;
    const width = type === undefined ? undefined : widths[type];
    if (width !== undefined && count !== undefined) {
      this.#advance(width * count);
      return { length: count, first: [] };
    }
    const first: (string | number)[] = [];
    let length = 0;
    for (; count === undefined ? this.#peek() !== ']' : length < count; length++) {
      const item = this.keep(depth + 1, type ?? this.#marker());
      if ((typeof item === 'string' || typeof item === 'number') && first.length < MAX_KEPT_ITEMS) first.push(item);
    }
    if (count === undefined) this.#advance(1);
    return { length, first };
  }

  #typeOfItems(): string {
    this.#advance(1);
    return this.#marker();
  }

  #count(): number {
    this.#advance(1);
    return this.#length();
  }

  #text(): string {
    const length = this.#length();
    const at = this.#advance(length);
    return this.#bytes.toString('utf8', at, at + length);
  }

  #length(): number {
    const integer = integers[this.#marker()];
    if (integer === undefined) throw new Malformed('a length is not a whole number', this.#at);
    const length = integer[1](this.#bytes, this.#advance(integer[0]));
    if (length < 0) throw new Malformed(`a length is ${length}`, this.#at);
    return length;
  }

  #peek(): string {
    if (this.#at >= this.#bytes.length) throw new Malformed('the file ends too early', this.#at);
    return String.fromCharCode(this.#bytes[this.#at] ?? 0);
  }

  #marker(): string {
    const marker = this.#peek();
    this.#at++;
    return marker;
  }

  /** Offset of the next `length` bytes; moves after them. */
  #advance(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length)
      throw new Malformed(`${length} bytes are needed, but ${this.#bytes.length - at} are left`, at);
    this.#at += length;
    return at;
  }
}
