import { Malformed } from '../../core/documents/malformed.ts';
import type { Budget } from '../reading/budget.ts';
import type { Pages } from '../reading/pages.ts';

/** A text of a model: names, descriptions. */
const MAX_TEXT_BYTES = 64 * 1024;
/** Elements of one vector of tables or numbers that are visited. */
const MAX_ELEMENTS = 1_000_000;

/** Budget of one file: tables may be shared, so the file's size limits nothing. */
export interface FlatFile {
  readonly pages: Pages;
  readonly budget: Budget;
}

/** The bytes of a vector, or where its tables are pointed to. */
export interface FlatVector {
  readonly at: number;
  readonly length: number;
}

/** A table of a FlatBuffer, read field by field; every value is untrusted (flatbuffers.dev, "internals"). */
export class FlatTable {
  readonly #file: FlatFile;
  readonly #at: number;
  readonly #vtable: number;
  readonly #vtableBytes: number;

  private constructor(file: FlatFile, at: number, vtable: number, vtableBytes: number) {
    this.#file = file;
    this.#at = at;
    this.#vtable = vtable;
    this.#vtableBytes = vtableBytes;
  }

  static async root(file: FlatFile): Promise<FlatTable> {
    return FlatTable.#open(file, await file.pages.u32(0));
  }

  static async #open(file: FlatFile, at: number): Promise<FlatTable> {
    const distance = (await file.pages.read(at, 4)).readInt32LE();
    const vtable = at - distance;
    const vtableBytes = await file.pages.u16(vtable);
    file.budget.spend(0, at);
    return new FlatTable(file, at, vtable, vtableBytes);
  }

  /** Offset of the field; undefined if it has its default. */
  async #field(index: number): Promise<number | undefined> {
    const entry = 4 + 2 * index;
    if (entry + 2 > this.#vtableBytes) return undefined;
    const offset = await this.#file.pages.u16(this.#vtable + entry);
    return offset === 0 ? undefined : this.#at + offset;
  }

  async u8(index: number): Promise<number> {
    const at = await this.#field(index);
    return at === undefined ? 0 : this.#file.pages.u8(at);
  }

  async i8(index: number): Promise<number> {
    return ((await this.u8(index)) << 24) >> 24;
  }

  async u32(index: number): Promise<number> {
    const at = await this.#field(index);
    return at === undefined ? 0 : this.#file.pages.u32(at);
  }

  async i32(index: number): Promise<number> {
    return (await this.u32(index)) | 0;
  }

  async u64(index: number): Promise<number> {
    const at = await this.#field(index);
    return at === undefined ? 0 : this.#file.pages.u64(at);
  }

  async text(index: number): Promise<string> {
    const vector = await this.vector(index, 1);
    if (vector === undefined) return '';
    if (vector.length > MAX_TEXT_BYTES) throw new Malformed(`a text has ${vector.length} bytes`, vector.at);
    this.#file.budget.spend(vector.length, vector.at);
    return (await this.#file.pages.read(vector.at, vector.length)).toString('utf8');
  }

  async table(index: number): Promise<FlatTable | undefined> {
    const at = await this.#field(index);
    return at === undefined ? undefined : FlatTable.#open(this.#file, at + (await this.#file.pages.u32(at)));
  }

  /** A vector of elements of `width` bytes; its end is inside the file. */
  async vector(index: number, width: number): Promise<FlatVector | undefined> {
    const field = await this.#field(index);
    if (field === undefined) return undefined;
    const at = field + (await this.#file.pages.u32(field));
    const length = await this.#file.pages.u32(at);
    if (at + 4 + length * width > this.#file.pages.size)
      throw new Malformed(`a list of ${length} elements ends after the file`, at);
    return { at: at + 4, length };
  }

  async tables(index: number): Promise<FlatTable[]> {
    const vector = await this.#bounded(index, 4);
    const tables: FlatTable[] = [];
    for (let element = 0; element < vector.length; element++) {
      const at = vector.at + 4 * element;
      tables.push(await FlatTable.#open(this.#file, at + (await this.#file.pages.u32(at))));
    }
    return tables;
  }

  /** Numbers of 32 bits, with their sign. */
  async numbers(index: number): Promise<number[]> {
    const { at, length } = await this.#bounded(index, 4);
    this.#file.budget.spend(8 * length, at);
    const bytes = await this.#file.pages.read(at, 4 * length);
    return Array.from({ length }, (_, element) => bytes.readInt32LE(4 * element));
  }

  async #bounded(index: number, width: number): Promise<FlatVector> {
    const vector = (await this.vector(index, width)) ?? { at: 0, length: 0 };
    if (vector.length > MAX_ELEMENTS) throw new Malformed(`a list has ${vector.length} elements`, vector.at);
    return vector;
  }
}
