import { isUtf8 } from 'node:buffer';
import { Malformed } from '../malformed.ts';
import type { Window } from '../window.ts';
import { type ArgumentKind, HIGHEST_PROTOCOL, type OpcodeName, opcodes } from './opcodes.ts';
import { narrow, parseFloat0, parseInt0, parseLong0, parseString0, parseUnicode0 } from './text-arguments.ts';
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

/** Strings and bytes beyond this are skipped: no name is that long, and pickled arrays can be of any size. */
const MAX_KEPT_BYTES = 1024 ** 2;
/** Lines of protocol 0: a text literal of a megabyte is not a model's any more. */
const MAX_LINE_BYTES = 1024 ** 2;
/** Integers beyond this many bytes are known to be large and nothing else. */
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
  if (window.remaining === 0) throw new Malformed('the pickle ends without STOP', offset);
  const byte = window.byte();
  const opcode = opcodes[byte];
  if (!opcode) throw new Malformed(`byte 0x${byte.toString(16).padStart(2, '0')} is no opcode`, offset);
  const { name, argument: kind } = opcode;
  if (kind === 'none') return { name, offset, argument: undefined };
  const fixed = fixedSizes[kind];
  if (fixed === undefined) return readLong(window, kind, offset).then((argument) => ({ name, offset, argument }));
  need(window, fixed.bytes, offset);
  const argument = fixed.read(view(window, fixed.bytes));
  if (name === 'PROTO' && (argument as number) > HIGHEST_PROTOCOL)
    throw new Malformed(`protocol ${argument} does not exist`, offset); // PROTO's argument is a u1
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
    throw new Malformed(`an argument of ${bytes} bytes is claimed where ${window.remaining} are left`, offset);
}

function view(window: Window, length: number): DataView {
  const bytes = window.take(length);
  return new DataView(bytes.buffer, bytes.byteOffset, length);
}

async function readLong(window: Window, kind: ArgumentKind, offset: number): Promise<Argument> {
  if (kind.startsWith('line')) return parseLine(kind, await readLine(window, offset), offset);
  if (kind === 'two lines') {
    const module = decodeText(Buffer.from(await readLine(window, offset), 'latin1'), offset);
    const name = decodeText(Buffer.from(await readLine(window, offset), 'latin1'), offset);
    return { kind: 'pair', module, name };
  }
  const length = await readLength(window, kind, offset);
  if (kind.startsWith('long')) return readInteger(window, length);
  if (length > MAX_KEPT_BYTES) {
    window.position += length;
    return kind.startsWith('bytes') ? { kind: 'bytes', length, bytes: undefined } : opaque;
  }
  await window.fill(length);
  const bytes = window.take(length);
  if (kind.startsWith('bytes')) return { kind: 'bytes', length, bytes: Uint8Array.from(bytes) };
  if (kind.startsWith('text')) return decodeText(bytes, offset);
  return Buffer.from(bytes).toString('latin1');
}

async function readLength(window: Window, kind: ArgumentKind, offset: number): Promise<number> {
  const size = kind.endsWith('8') ? 8 : kind.endsWith('4') ? 4 : 1;
  await window.fill(size);
  need(window, size, offset);
  const bytes = view(window, size);
  const signed = kind === 'str4' || kind === 'long4';
  const length =
    size === 1
      ? bytes.getUint8(0)
      : size === 8
        ? bytes.getBigUint64(0, true)
        : signed
          ? bytes.getInt32(0, true)
          : bytes.getUint32(0, true);
  if (length < 0) throw new Malformed(`an argument of ${length} bytes is claimed`, offset);
  need(window, length, offset);
  return Number(length);
}

/** Little-endian two's complement of any length. */
async function readInteger(window: Window, length: number): Promise<number | bigint | Opaque> {
  if (length > MAX_INTEGER_BYTES) {
    window.position += length;
    return opaque;
  }
  if (length === 0) return 0;
  await window.fill(length);
  const hex = Buffer.from(window.take(length)).reverse().toString('hex');
  return narrow(BigInt.asIntN(8 * length, BigInt(`0x${hex}`)));
}

/** The bytes up to the next newline as Latin-1, the newline consumed. */
async function readLine(window: Window, offset: number): Promise<string> {
  for (let wanted = 256; ; wanted *= 4) {
    await window.fill(wanted);
    const start = window.position - window.base;
    const end = window.bytes.indexOf(0x0a, start);
    if (end >= 0) {
      const line = Buffer.from(window.bytes.subarray(start, end)).toString('latin1');
      window.position += line.length + 1;
      return line;
    }
    if (window.available === window.remaining) throw new Malformed('a line does not end', offset);
    if (window.available > MAX_LINE_BYTES) throw new Malformed(`a line is longer than ${MAX_LINE_BYTES} bytes`, offset);
  }
}

const lineParsers: Partial<Record<ArgumentKind, (line: string) => Argument>> = {
  'line int': parseInt0,
  'line long': parseLong0,
  'line float': parseFloat0,
  'line string': parseString0,
  'line unicode': parseUnicode0,
  'line text': (line) => line,
};

function parseLine(kind: ArgumentKind, line: string, offset: number): Argument {
  const argument = lineParsers[kind]?.(line);
  if (argument === undefined)
    throw new Malformed(`${JSON.stringify(line.slice(0, 40))} is no ${kind.slice(5)} argument`, offset);
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
