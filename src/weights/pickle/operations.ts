import { isUtf8 } from 'node:buffer';
import { Malformed } from '../../core/documents/malformed.ts';
import { OverLimit } from '../reading/budget.ts';
import type { Window } from '../reading/window.ts';
import { type ArgumentKind, HIGHEST_PROTOCOL, type OpcodeName, opcodes } from './opcodes.ts';
import {
  narrow,
  parseFloat0,
  parseIndex0,
  parseInt0,
  parseLong0,
  parseString0,
  parseUnicode0,
} from './text-arguments.ts';
import { type Bytes, type Opaque, opaque } from './values.ts';

/** One opcode with its argument. `pair` is module and name. */
export interface Operation {
  readonly name: OpcodeName;
  /** Bytes from the start of the source. */
  readonly offset: number;
  readonly argument: Argument;
}

export type Argument =
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Bytes
  | Opaque
  | { readonly kind: 'pair'; readonly module: string; readonly name: string };

/** Longer strings and bytes are skipped: no name is that long, and pickled arrays can have any size. */
const MAX_KEPT_BYTES = 1024 ** 2;
/** Longer lines of protocol 0 are skipped. */
const MAX_LINE_BYTES = 1024 ** 2;
/** Longer integers only count as large. */
const MAX_INTEGER_BYTES = 1024;
/** Opcode and any argument of fixed size. */
const HEAD_BYTES = 9;

/** Reads the next operation; asynchronous only when the window must be filled. Throws {@link Malformed}. */
export function readOperation(window: Window): Operation | Promise<Operation> {
  if (window.available < HEAD_BYTES && window.available < window.remaining) {
    return window.fill(HEAD_BYTES).then(() => readFilled(window));
  }
  return readFilled(window);
}

function readFilled(window: Window): Operation | Promise<Operation> {
  const offset = window.position;
  if (window.remaining === 0) throw endOf(window, 'the pickle ends without STOP', offset);
  const byte = window.byte();
  const opcode = opcodes[byte];
  if (!opcode) throw new Malformed(`byte 0x${byte.toString(16).padStart(2, '0')} is not an opcode`, offset);
  const { name, argument: kind } = opcode;
  if (kind === 'none') return { name, offset, argument: undefined };
  const fixed = fixedSizes[kind];
  if (fixed === undefined) {
    const long = readLong(window, kind, offset);
    return long instanceof Promise
      ? long.then((argument) => ({ name, offset, argument }))
      : { name, offset, argument: long };
  }
  need(window, fixed.bytes, offset);
  const argument = fixed.read(view(window, fixed.bytes));
  if (name === 'PROTO' && argument > HIGHEST_PROTOCOL)
    throw new Malformed(`protocol ${argument} does not exist`, offset);
  return { name, offset, argument };
}

const fixedSizes: Partial<Record<ArgumentKind, { bytes: number; read(view: DataView): number | bigint }>> = {
  u1: { bytes: 1, read: (view) => view.getUint8(0) },
  u2: { bytes: 2, read: (view) => view.getUint16(0, true) },
  u4: { bytes: 4, read: (view) => view.getUint32(0, true) },
  u8: { bytes: 8, read: (view) => narrow(view.getBigUint64(0, true)) },
  i4: { bytes: 4, read: (view) => view.getInt32(0, true) },
  f8: { bytes: 8, read: (view) => view.getFloat64(0, false) },
};

function need(window: Window, bytes: number | bigint, offset: number): void {
  if (bytes > window.remaining)
    throw endOf(window, `an argument of ${bytes} bytes is claimed, but ${window.remaining} are left`, offset);
}

/** An end of our partial content is not the end of the stream. */
function endOf({ isCut }: Window, message: string, offset: number): Malformed {
  return isCut ? new OverLimit('it is longer than its unpacked part', offset) : new Malformed(message, offset);
}

function view(window: Window, length: number): DataView {
  const bytes = window.take(length);
  return new DataView(bytes.buffer, bytes.byteOffset, length);
}

/** An argument of any length; asynchronous only if the window does not have all of it. */
function readLong(window: Window, kind: ArgumentKind, offset: number): Argument | Promise<Argument> {
  if (kind.includes('line')) {
    const count = kind === 'two lines' ? 2 : 1;
    if (endOfLines(window, count) >= 0) return takeLines(window, kind, offset);
    return fillLines(window, count, offset).then((areThere) =>
      areThere ? takeLines(window, kind, offset) : skipLines(window, count, offset),
    );
  }
  const length = readLength(window, kind, offset);
  if (length > (kind.startsWith('long') ? MAX_INTEGER_BYTES : MAX_KEPT_BYTES)) {
    window.position += length;
    return kind.startsWith('bytes') ? { kind: 'bytes', length, bytes: undefined } : opaque;
  }
  if (window.available >= length) return takeBytes(window, kind, length, offset);
  return window.fill(length).then(() => takeBytes(window, kind, length, offset));
}

/** The length in front of an argument; the head of the operation is in the window. */
function readLength(window: Window, kind: ArgumentKind, offset: number): number {
  const size = kind.endsWith('8') ? 8 : kind.endsWith('4') ? 4 : 1;
  need(window, size, offset);
  const bytes = view(window, size);
  const length = size === 1 ? bytes.getUint8(0) : size === 8 ? bytes.getBigUint64(0, true) : readLength4(bytes, kind);
  if (length < 0) throw new Malformed(`an argument of ${length} bytes is claimed`, offset);
  need(window, length, offset);
  return Number(length);
}

function readLength4(bytes: DataView, kind: ArgumentKind): number {
  return kind === 'str4' || kind === 'long4' ? bytes.getInt32(0, true) : bytes.getUint32(0, true);
}

function takeBytes(window: Window, kind: ArgumentKind, length: number, offset: number): Argument {
  const bytes = window.take(length);
  if (kind.startsWith('long')) return toInteger(bytes);
  if (kind.startsWith('bytes')) return { kind: 'bytes', length, bytes: Uint8Array.from(bytes) };
  if (kind.startsWith('text')) return decodeText(bytes, offset);
  return Buffer.from(bytes).toString('latin1');
}

/** Little-endian two's complement of any length. */
function toInteger(bytes: Uint8Array): number | bigint {
  if (bytes.length === 0) return 0;
  const hex = Buffer.from(bytes).reverse().toString('hex');
  return narrow(BigInt.asIntN(8 * bytes.length, BigInt(`0x${hex}`)));
}

/** Index in the window after the next `count` newlines, or -1. */
function endOfLines(window: Window, count: number): number {
  let end = window.position - window.base;
  for (let i = 0; i < count; i++) {
    const newline = window.bytes.indexOf(0x0a, end);
    if (newline < 0) return -1;
    end = newline + 1;
  }
  return end;
}

/** False if the lines are too long to be kept. */
async function fillLines(window: Window, count: number, offset: number): Promise<boolean> {
  for (let wanted = 1024; endOfLines(window, count) < 0; wanted *= 4) {
    if (window.available === window.remaining) throw endOf(window, 'a line does not end', offset);
    if (window.available > MAX_LINE_BYTES) return false;
    await window.fill(wanted);
  }
  return true;
}

/** Python reads a line of any length, so the opcodes after one must be read too. */
async function skipLines(window: Window, count: number, offset: number): Promise<Opaque> {
  for (let left = count; left > 0; left--) {
    while (endOfLines(window, 1) < 0) {
      if (window.available === window.remaining) throw endOf(window, 'a line does not end', offset);
      window.position += window.available;
      await window.fill(1);
    }
    takeLine(window);
  }
  return opaque;
}

function takeLines(window: Window, kind: ArgumentKind, offset: number): Argument {
  if (kind !== 'two lines') return parseLine(kind, Buffer.from(takeLine(window)).toString('latin1'), offset);
  const module = decodeText(takeLine(window), offset);
  return { kind: 'pair', module, name: decodeText(takeLine(window), offset) };
}

/** The bytes up to the next newline, which the window holds; the newline is consumed. */
function takeLine(window: Window): Uint8Array {
  const length = window.bytes.indexOf(0x0a, window.position - window.base) - (window.position - window.base);
  const line = window.take(length);
  window.position++;
  return line;
}

const lineParsers: Partial<Record<ArgumentKind, (line: string) => Argument>> = {
  'line int': parseInt0,
  'line index': parseIndex0,
  'line long': parseLong0,
  'line float': parseFloat0,
  'line string': parseString0,
  'line unicode': parseUnicode0,
  'line text': (line) => line,
};

function parseLine(kind: ArgumentKind, line: string, offset: number): Argument {
  const argument = lineParsers[kind]?.(line);
  if (argument === undefined)
    throw new Malformed(`${JSON.stringify(line.slice(0, 40))} is not a valid ${kind.slice(5)} argument`, offset);
  return argument;
}

/** UTF-8 where lone surrogates are allowed, as Python writes and reads it ("surrogatepass"). */
function decodeText(bytes: Uint8Array, offset: number): string {
  if (!isUtf8(bytes) && !isUtf8(withoutSurrogates(bytes))) throw new Malformed('a text is not UTF-8', offset);
  return Buffer.from(bytes).toString('utf8');
}

function withoutSurrogates(bytes: Uint8Array): Uint8Array {
  return Buffer.from(
    Buffer.from(bytes)
      .toString('latin1')
      .replace(/\xed[\xa0-\xbf][\x80-\xbf]/g, ''),
    'latin1',
  );
}
