import { Malformed } from '../../core/documents/malformed.ts';
import { Budget } from '../reading/budget.ts';
import { toSafeNumber } from '../reading/safe-number.ts';
import type { Window } from '../reading/window.ts';

/** Maximum length of a metadata text that is kept; longer templates and vocabularies are only counted. */
const MAX_KEPT_TEXT = 1024;
/** A name or key; llama.cpp stops at 64 bytes for a tensor, the format at 65,535 for a key. */
const MAX_NAME_BYTES = 65_535;
/** Lists of lists; no writer makes them, the format allows them. */
const MAX_DEPTH = 4;

/** A value of the metadata; a long text or a list is described by its type and length. */
export type GgufValue = string | number | boolean | { readonly type: string; readonly length: number };

const numbers: Readonly<Record<number, readonly [name: string, bytes: number]>> = {
  0: ['uint8', 1],
  1: ['int8', 1],
  2: ['uint16', 2],
  3: ['int16', 2],
  4: ['uint32', 4],
  5: ['int32', 4],
  6: ['float32', 4],
  7: ['bool', 1],
  10: ['uint64', 8],
  11: ['int64', 8],
  12: ['float64', 8],
};
const [TEXT, LIST] = [8, 9];

/** Consecutive numbers and texts, in the byte order of the file. */
export class GgufReader {
  readonly window: Window;
  readonly littleEndian: boolean;
  readonly #budget = new Budget();

  constructor(window: Window, littleEndian: boolean) {
    this.window = window;
    this.littleEndian = littleEndian;
  }

  async u32(): Promise<number> {
    return (await this.#take(4)).getUint32(0, this.littleEndian);
  }

  async u64(): Promise<number> {
    return toSafeNumber((await this.#take(8)).getBigUint64(0, this.littleEndian));
  }

  async name(): Promise<string> {
    const length = await this.#length();
    if (length > MAX_NAME_BYTES)
      throw new Malformed(`a name has ${length} bytes, more than ${MAX_NAME_BYTES}`, this.window.position);
    return this.#text(length);
  }

  async value(): Promise<GgufValue> {
    const type = await this.u32();
    if (type === LIST) return this.#list(0);
    if (type !== TEXT) return this.#number(type);
    const length = await this.#length();
    if (length <= MAX_KEPT_TEXT) return this.#text(length);
    this.window.position += length;
    return { type: 'string', length };
  }

  async #list(depth: number): Promise<{ type: string; length: number }> {
    if (depth >= MAX_DEPTH) throw new Malformed('lists are nested too deeply', this.window.position);
    const type = await this.u32();
    const length = await this.u64();
    if (type === LIST) {
      for (let index = 0; index < length; index++) await this.#list(depth + 1);
      return { type: 'list', length };
    }
    if (type !== TEXT) {
      const [name, bytes] = this.#numberType(type);
      this.#skip(length * bytes);
      return { type: name, length };
    }
    for (let index = 0; index < length; index++) this.#skip(await this.#length());
    return { type: 'string', length };
  }

  async #number(type: number): Promise<number | boolean> {
    const [name, bytes] = this.#numberType(type);
    const view = await this.#take(bytes);
    const little = this.littleEndian;
    switch (name) {
      case 'bool':
        return view.getUint8(0) !== 0;
      case 'float32':
        return view.getFloat32(0, little);
      case 'float64':
        return view.getFloat64(0, little);
      case 'uint64':
        return toSafeNumber(view.getBigUint64(0, little));
      case 'int64':
        return toSafeNumber(view.getBigInt64(0, little));
      case 'uint8':
        return view.getUint8(0);
      case 'int8':
        return view.getInt8(0);
      case 'uint16':
        return view.getUint16(0, little);
      case 'int16':
        return view.getInt16(0, little);
      case 'int32':
        return view.getInt32(0, little);
      default:
        return view.getUint32(0, little);
    }
  }

  #numberType(type: number): readonly [string, number] {
    const found = numbers[type];
    if (found === undefined)
      throw new Malformed(`a value has the type ${type}, which does not exist`, this.window.position);
    return found;
  }

  /** A length that fits into the rest of the file. */
  async #length(): Promise<number> {
    const length = await this.u64();
    if (length > this.window.remaining)
      throw new Malformed(`a text needs ${length} bytes, but ${this.window.remaining} are left`, this.window.position);
    return length;
  }

  #skip(bytes: number): void {
    if (bytes > this.window.remaining)
      throw new Malformed(`a list needs ${bytes} bytes, but ${this.window.remaining} are left`, this.window.position);
    this.window.position += bytes;
  }

  async #text(length: number): Promise<string> {
    this.#budget.spend(length, this.window.position);
    await this.window.fill(length);
    return Buffer.from(this.window.take(length)).toString('utf8');
  }

  async #take(length: number): Promise<DataView> {
    const { window } = this;
    if (window.available < length) await window.fill(length);
    if (window.available < length) throw new Malformed('the file ends inside its header', window.position);
    const bytes = window.take(length);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }
}
