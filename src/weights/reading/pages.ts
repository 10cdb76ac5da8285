import { type ByteSource, toBuffer } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';

/** Formats of linked records jump in small steps: whole pages are read, and the last ones kept. */
const PAGE_BYTES = 64 * 1024;
const KEPT_PAGES = 32;

/** Small ranges of a source at any offset. Every method throws {@link Malformed} for a range outside it. */
export class Pages {
  readonly size: number;
  readonly #source: ByteSource;
  /** By number, the last used one at the end. */
  readonly #pages = new Map<number, Buffer>();

  constructor(source: ByteSource) {
    this.#source = source;
    this.size = source.size;
  }

  async read(offset: number, length: number): Promise<Buffer> {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.size))
      throw new Malformed(
        `${length} bytes are needed at ${offset}, but the file has ${this.size}`,
        Math.max(0, offset),
      );
    const number = Math.floor(offset / PAGE_BYTES);
    const start = offset - number * PAGE_BYTES;
    if (start + length > PAGE_BYTES) return toBuffer(await this.#source.read(offset, length));
    const page = this.#kept(number) ?? (await this.#load(number));
    return page.subarray(start, start + length);
  }

  async u8(offset: number): Promise<number> {
    return (await this.read(offset, 1)).readUInt8();
  }

  async u16(offset: number): Promise<number> {
    return (await this.read(offset, 2)).readUInt16LE();
  }

  async u32(offset: number): Promise<number> {
    return (await this.read(offset, 4)).readUInt32LE();
  }

  async u64(offset: number): Promise<number> {
    return Number((await this.read(offset, 8)).readBigUInt64LE());
  }

  #kept(number: number): Buffer | undefined {
    const page = this.#pages.get(number);
    if (page === undefined) return undefined;
    this.#pages.delete(number);
    this.#pages.set(number, page);
    return page;
  }

  async #load(number: number): Promise<Buffer> {
    const start = number * PAGE_BYTES;
    const page = toBuffer(await this.#source.read(start, Math.min(PAGE_BYTES, this.size - start)));
    const [oldest] = this.#pages.keys();
    if (this.#pages.size >= KEPT_PAGES && oldest !== undefined) this.#pages.delete(oldest);
    this.#pages.set(number, page);
    return page;
  }
}
