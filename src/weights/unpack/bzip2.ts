import { Malformed } from '../../core/documents/malformed.ts';
import type { Input } from './input.ts';
import type { Output } from './output.ts';

const BLOCK_MARK = [0x314159, 0x265359] as const;
const END_MARK = [0x177245, 0x385090] as const;
const [RUN_A, RUN_B] = [0, 1];
/** Symbols that share one Huffman table. */
const GROUP_SYMBOLS = 50;
const MAX_CODE_BITS = 20;

/** All consecutive streams; other bytes after the last are ignored. Checksums are not compared. */
export function unpackBzip2(input: Input, output: Output): void {
  do unpackStream(input, output);
  while (input.remaining >= 4 && input.bytes[input.position] === 0x42 && input.bytes[input.position + 1] === 0x5a);
}

function unpackStream(input: Input, output: Output): void {
  const level = input.bits(24) === 0x425a68 ? input.bits(8) - 0x30 : 0;
  if (level < 1 || level > 9) throw new Malformed('no bzip2 stream starts here', input.position);
  for (;;) {
    const [first, second] = [input.bits(24), input.bits(24)];
    input.bits(16);
    input.bits(16);
    if (first === END_MARK[0] && second === END_MARK[1]) {
      input.align();
      return;
    }
    if (first !== BLOCK_MARK[0] || second !== BLOCK_MARK[1])
      throw new Malformed('no bzip2 block starts here', input.position);
    unpackBlock(input, output, level * 100_000);
  }
}

function unpackBlock(input: Input, output: Output, size: number): void {
  if (input.bits(1) === 1) throw new Malformed('it is randomised, which bzip2 no longer writes', input.position);
  const origin = input.bits(24);
  const alphabet = readAlphabet(input);
  const tables = readSelection(input, alphabet.length + 2);
  const { last, count, starts } = readSymbols(input, alphabet, tables, size);
  if (origin >= count) throw new Malformed('a bzip2 block starts outside itself', input.position);
  let next = 0;
  for (const [byte, many] of starts.entries()) {
    starts[byte] = next;
    next += many;
  }
  // The order of the sorted rotations, undone: each place points at the one whose byte follows.
  const follows = new Uint32Array(count);
  for (let at = 0; at < count; at++) {
    const byte = last[at] ?? 0;
    const place = starts[byte] ?? 0;
    follows[place] = at;
    starts[byte] = place + 1;
  }
  writeRuns(output, last, follows, origin);
}

/** Four equal bytes are followed by the number of further ones. */
function writeRuns(output: Output, last: Uint8Array, follows: Uint32Array, origin: number): void {
  let at = follows[origin] ?? 0;
  let run = 0;
  let before = -1;
  for (let left = follows.length; left > 0; left--) {
    const byte = last[at] ?? 0;
    at = follows[at] ?? 0;
    if (run === 4) {
      for (let more = byte; more > 0; more--) output.push(before);
      run = 0;
      before = -1;
      continue;
    }
    run = byte === before ? run + 1 : 1;
    before = byte;
    output.push(byte);
  }
}

function readAlphabet(input: Input): number[] {
  const rows = input.bits(16);
  const bytes: number[] = [];
  for (let row = 0; row < 16; row++) {
    if ((rows & (0x8000 >> row)) === 0) continue;
    const columns = input.bits(16);
    for (let column = 0; column < 16; column++) if (columns & (0x8000 >> column)) bytes.push(row * 16 + column);
  }
  if (bytes.length === 0) throw new Malformed('a bzip2 block uses no bytes', input.position);
  return bytes;
}

interface Table {
  /** By code length: the largest code, and the offset from a code to its index. */
  readonly limits: readonly number[];
  readonly bases: readonly number[];
  readonly symbols: readonly number[];
}

interface Selection {
  readonly tables: readonly Table[];
  readonly selectors: readonly number[];
}

function readSelection(input: Input, symbols: number): Selection {
  const tableCount = input.bits(3);
  const selectorCount = input.bits(15);
  if (tableCount < 2 || tableCount > 6 || selectorCount === 0)
    throw new Malformed('a bzip2 block has no tables', input.position);
  const order = Array.from({ length: tableCount }, (_, index) => index);
  const selectors: number[] = [];
  for (let i = 0; i < selectorCount; i++) {
    let rank = 0;
    while (input.bits(1) === 1) rank++;
    selectors.push(toFront(order, rank, input));
  }
  return { tables: Array.from({ length: tableCount }, () => readTable(input, symbols)), selectors };
}

function toFront(order: number[], rank: number, input: Input): number {
  const [value] = order.splice(rank, 1);
  if (value === undefined) throw new Malformed('a bzip2 block refers to a missing table', input.position);
  order.unshift(value);
  return value;
}

function readTable(input: Input, symbols: number): Table {
  let length = input.bits(5);
  const lengths: number[] = [];
  for (let symbol = 0; symbol < symbols; symbol++) {
    while (input.bits(1) === 1) length += input.bits(1) === 0 ? 1 : -1;
    if (length < 1 || length > MAX_CODE_BITS) throw new Malformed('a bzip2 code is too long', input.position);
    lengths.push(length);
  }
  const limits: number[] = [];
  const bases: number[] = [];
  const sorted: number[] = [];
  for (let bits = 1, code = 0; bits <= MAX_CODE_BITS; bits++, code *= 2) {
    bases[bits] = code - sorted.length;
    for (let symbol = 0; symbol < symbols; symbol++) {
      if (lengths[symbol] !== bits) continue;
      sorted.push(symbol);
      code++;
    }
    limits[bits] = code - 1;
  }
  return { limits, bases, symbols: sorted };
}

function readSymbol(input: Input, { limits, bases, symbols }: Table): number {
  for (let bits = 1, code = input.bits(1); bits <= MAX_CODE_BITS; bits++, code = code * 2 + input.bits(1)) {
    const base = bases[bits] ?? 0;
    if (code <= (limits[bits] ?? -1) && code - base >= 0) return symbols[code - base] ?? 0;
  }
  throw new Malformed('a bzip2 code does not exist', input.position);
}

/** Move-to-front ranks with runs of the first, back to bytes. */
function readSymbols(input: Input, alphabet: readonly number[], { tables, selectors }: Selection, size: number) {
  const order = [...alphabet];
  const end = alphabet.length + 1;
  const last = new Uint8Array(size);
  const starts = new Array<number>(256).fill(0);
  let count = 0;
  const put = (byte: number, many: number) => {
    if (count + many > size) throw new Malformed('a bzip2 block is too large', input.position);
    last.fill(byte, count, count + many);
    starts[byte] = (starts[byte] ?? 0) + many;
    count += many;
  };
  let run = 0;
  let weight = 1;
  for (let read = 0; ; read++) {
    const table = tables[selectors[Math.floor(read / GROUP_SYMBOLS)] ?? -1];
    if (table === undefined) throw new Malformed('a bzip2 block has too few tables', input.position);
    const symbol = readSymbol(input, table);
    if (symbol === RUN_A || symbol === RUN_B) {
      run += weight * (symbol + 1);
      weight *= 2;
      if (run > size) throw new Malformed('a bzip2 block is too large', input.position);
      continue;
    }
    if (run > 0) put(order[0] ?? 0, run);
    run = 0;
    weight = 1;
    if (symbol === end) return { last, count, starts };
    put(toFront(order, symbol - 1, input), 1);
  }
}
