import { Malformed } from '../../core/documents/malformed.ts';
import type { Input } from './input.ts';
import type { Output } from './output.ts';

/** The LZMA specification (7-Zip's lzma-specification.txt), names as there. */
const PROB_INIT = 1024;
const STATES = 12;
const POS_STATES = 16;
const TOP = 2 ** 24;
const [MATCH_LENGTH_MIN, END_POS_MODEL, FULL_DISTANCES, ALIGN_BITS] = [2, 14, 128, 4];
const END_MARKER = 0xffffffff;

const probs = (count: number) => new Uint16Array(count).fill(PROB_INIT);

class RangeDecoder {
  readonly #input: Input;
  #range = 0xffffffff;
  #code = 0;

  constructor(input: Input) {
    this.#input = input;
    input.byte();
    for (let i = 0; i < 4; i++) this.#code = ((this.#code << 8) | input.byte()) >>> 0;
  }

  bit(table: Uint16Array, index: number): number {
    const prob = table[index] ?? PROB_INIT;
    const bound = (this.#range >>> 11) * prob;
    const isZero = this.#code < bound;
    if (isZero) this.#range = bound;
    else {
      this.#range -= bound;
      this.#code -= bound;
    }
    table[index] = isZero ? prob + ((2048 - prob) >>> 5) : prob - (prob >>> 5);
    this.#normalise();
    return isZero ? 0 : 1;
  }

  direct(count: number): number {
    let result = 0;
    for (let i = 0; i < count; i++) {
      this.#range >>>= 1;
      const isOne = this.#code >= this.#range;
      if (isOne) this.#code -= this.#range;
      this.#normalise();
      result = result * 2 + (isOne ? 1 : 0);
    }
    return result;
  }

  tree(table: Uint16Array, offset: number, bits: number): number {
    let symbol = 1;
    for (let i = 0; i < bits; i++) symbol = symbol * 2 + this.bit(table, offset + symbol);
    return symbol - 2 ** bits;
  }

  reverseTree(table: Uint16Array, offset: number, bits: number): number {
    let [symbol, result] = [1, 0];
    for (let i = 0; i < bits; i++) {
      const bit = this.bit(table, offset + symbol);
      symbol = symbol * 2 + bit;
      result += bit * 2 ** i;
    }
    return result;
  }

  #normalise(): void {
    if (this.#range >= TOP) return;
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | this.#input.byte()) >>> 0;
  }
}

class LengthDecoder {
  readonly #choices = probs(2);
  readonly #low = probs(POS_STATES * 8);
  readonly #mid = probs(POS_STATES * 8);
  readonly #high = probs(256);

  read(range: RangeDecoder, posState: number): number {
    if (range.bit(this.#choices, 0) === 0) return range.tree(this.#low, posState * 8, 3);
    if (range.bit(this.#choices, 1) === 0) return 8 + range.tree(this.#mid, posState * 8, 3);
    return 16 + range.tree(this.#high, 0, 8);
  }
}

export interface LzmaProperties {
  readonly lc: number;
  readonly lp: number;
  readonly pb: number;
}

export function parseProperties(byte: number): LzmaProperties {
  if (byte >= 9 * 5 * 5) throw new Malformed('its properties are invalid', 0);
  return { lc: byte % 9, lp: Math.floor(byte / 9) % 5, pb: Math.floor(byte / 45) };
}

/** State that LZMA keeps between bytes; LZMA2 keeps or resets it between chunks. */
export class LzmaDecoder {
  readonly #output: Output;
  readonly #properties: LzmaProperties;
  readonly #literals: Uint16Array;
  readonly #isMatch = probs(STATES * POS_STATES);
  readonly #isRep = probs(STATES);
  readonly #isRepG0 = probs(STATES);
  readonly #isRepG1 = probs(STATES);
  readonly #isRepG2 = probs(STATES);
  readonly #isRep0Long = probs(STATES * POS_STATES);
  readonly #slots = probs(4 * 64);
  readonly #special = probs(1 + FULL_DISTANCES - END_POS_MODEL);
  readonly #align = probs(2 ** ALIGN_BITS);
  readonly #lengths = new LengthDecoder();
  readonly #repLengths = new LengthDecoder();
  #reps: [number, number, number, number] = [0, 0, 0, 0];
  #state = 0;
  /** Position of the last dictionary reset; positions are counted from there. */
  #origin = 0;

  constructor(output: Output, properties: LzmaProperties) {
    this.#output = output;
    this.#properties = properties;
    this.#literals = probs(0x300 * 2 ** (properties.lc + properties.lp));
  }

  startAt(origin: number): this {
    this.#origin = origin;
    return this;
  }

  /** Decodes until the output has `end` bytes, or, if that is unknown, up to the end marker. */
  decode(input: Input, end: number | undefined): void {
    const range = new RangeDecoder(input);
    for (;;) {
      if (end !== undefined && this.#output.length >= end) return;
      const posState = (this.#output.length - this.#origin) & (2 ** this.#properties.pb - 1);
      if (range.bit(this.#isMatch, this.#state * POS_STATES + posState) === 0) {
        this.#literal(range);
        continue;
      }
      const length = this.#match(range, posState);
      if (length === undefined) return;
      if (length > 0) this.#output.copy(this.#reps[0] + 1, length);
    }
  }

  #literal(range: RangeDecoder): void {
    const { lc, lp } = this.#properties;
    const output = this.#output;
    const place = output.length - this.#origin;
    const previous = place > 0 ? output.back(1) : 0;
    const row = (place & (2 ** lp - 1)) * 2 ** lc + (previous >> (8 - lc));
    const offset = 0x300 * row;
    let symbol = 1;
    if (this.#state >= 7) {
      let matched = output.back(this.#reps[0] + 1);
      while (symbol < 0x100) {
        const matchBit = (matched >> 7) & 1;
        matched <<= 1;
        const bit = range.bit(this.#literals, offset + ((1 + matchBit) << 8) + symbol);
        symbol = symbol * 2 + bit;
        if (matchBit !== bit) break;
      }
    }
    while (symbol < 0x100) symbol = symbol * 2 + range.bit(this.#literals, offset + symbol);
    output.push(symbol & 0xff);
    this.#state = this.#state < 4 ? 0 : this.#state < 10 ? this.#state - 3 : this.#state - 6;
  }

  /** The length to repeat; undefined at the end marker, 0 if one byte has been repeated. */
  #match(range: RangeDecoder, posState: number): number | undefined {
    const state = this.#state;
    const [rep0, rep1, rep2, rep3] = this.#reps;
    if (range.bit(this.#isRep, state) === 0) {
      const length = this.#lengths.read(range, posState);
      this.#state = state < 7 ? 7 : 10;
      const distance = this.#distance(range, length);
      this.#reps = [distance, rep0, rep1, rep2];
      return distance === END_MARKER ? undefined : length + MATCH_LENGTH_MIN;
    }
    if (range.bit(this.#isRepG0, state) === 0) {
      if (range.bit(this.#isRep0Long, state * POS_STATES + posState) === 0) {
        this.#state = state < 7 ? 9 : 11;
        this.#output.copy(rep0 + 1, 1);
        return 0;
      }
    } else if (range.bit(this.#isRepG1, state) === 0) this.#reps = [rep1, rep0, rep2, rep3];
    else if (range.bit(this.#isRepG2, state) === 0) this.#reps = [rep2, rep0, rep1, rep3];
    else this.#reps = [rep3, rep0, rep1, rep2];
    this.#state = state < 7 ? 8 : 11;
    return this.#repLengths.read(range, posState) + MATCH_LENGTH_MIN;
  }

  #distance(range: RangeDecoder, length: number): number {
    const slot = range.tree(this.#slots, Math.min(length, 3) * 64, 6);
    if (slot < 4) return slot;
    const directBits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** directBits;
    if (slot < END_POS_MODEL) return base + range.reverseTree(this.#special, base - slot, directBits);
    const high = range.direct(directBits - ALIGN_BITS) * 2 ** ALIGN_BITS;
    return base + high + range.reverseTree(this.#align, 0, ALIGN_BITS);
  }
}

/** A file of .lzma: properties, the size of the dictionary, the size of the content or -1. */
export function unpackLzma(input: Input, output: Output): void {
  const properties = parseProperties(input.byte());
  input.take(4);
  const [low, high] = [input.u32(), input.u32()];
  const isUnknown = low === 0xffffffff && high === 0xffffffff;
  new LzmaDecoder(output, properties).decode(input, isUnknown ? undefined : high * 2 ** 32 + low);
}

/** LZMA2: chunks of LZMA or of raw bytes, each with flags for the state it keeps. */
export function unpackLzma2(input: Input, output: Output): void {
  let decoder: LzmaDecoder | undefined;
  let properties: LzmaProperties | undefined;
  let origin = 0;
  for (let control = input.byte(); control !== 0; control = input.byte()) {
    if (control < 0x80) {
      if (control > 2) throw new Malformed('an LZMA2 chunk type does not exist', input.position);
      if (control === 1) origin = output.length;
      output.append(input.take(input.byte() * 256 + input.byte() + 1));
      continue;
    }
    const size = (control & 0x1f) * 2 ** 16 + input.byte() * 256 + input.byte() + 1;
    const packed = input.byte() * 256 + input.byte() + 1;
    const reset = (control >> 5) & 3;
    if (reset === 3) origin = output.length;
    if (reset >= 2) properties = parseProperties(input.byte());
    if (properties === undefined) throw new Malformed('an LZMA2 chunk has no properties', input.position);
    if (reset >= 1 || decoder === undefined) decoder = new LzmaDecoder(output, properties);
    const end = input.position + packed;
    decoder.startAt(origin).decode(input, output.length + size);
    input.position = end;
  }
}
