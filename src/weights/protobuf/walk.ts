import type { ByteSource } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import { Window } from '../reading/window.ts';

/**
 * A walk over the protobuf wire format that keeps only what a table of fields asks for. It is iterative (nesting costs
 * an array entry, no call), reads through a window, and never reads the bytes of a field that nobody wants.
 * https://protobuf.dev/programming-guides/encoding/
 */

/** What to do with one field of a message. A known field with a wire type it cannot have is skipped, as protobuf does. */
export type Field<T> =
  /** An int32, int64 or enum as two's complement, one call a value; packed or not. */
  | { readonly kind: 'integer'; put(target: T, value: bigint, offset: number): void }
  | { readonly kind: 'text'; put(target: T, value: string, offset: number): void }
  /** Bytes that are not read: their length and where they start. */
  | { readonly kind: 'bytes'; put(target: T, length: number, offset: number): void }
  /** Numbers that are counted and not kept: `width` bytes each, 0 for varints. */
  | { readonly kind: 'numbers'; readonly width: 0 | 4 | 8; put(target: T, count: number): void }
  | { readonly kind: 'message'; fields(): Fields<unknown>; open(target: T): unknown; close?(child: unknown): void };

export type Fields<T> = Readonly<Record<number, Field<T>>>;

/** Messages inside messages; protobuf's own libraries stop at 100. */
const MAX_DEPTH = 100;
/** Longest text kept whole. The longest seen in a model is a label list of 100 kB in metadata_props. */
const MAX_TEXT_BYTES = 8 * 1024 ** 2;
/** A varint holds 64 bits in groups of 7. */
const MAX_VARINT_BYTES = 10;
/** Tag and length of a field together. */
const HEAD_BYTES = 2 * MAX_VARINT_BYTES;

interface Frame {
  readonly fields: Fields<unknown>;
  /** Made by the `open` next to these fields: they are only called with it. */
  readonly target: unknown;
  readonly end: number;
  readonly close: ((child: unknown) => void) | undefined;
}

/** A field with a message of `fields`; `open` creates its target. */
export function message<T, U>(fields: () => Fields<U>, open: (target: T) => U, close?: (child: U) => void): Field<T> {
  return {
    kind: 'message',
    // The three belong together: `close` and `fields` only ever get what `open` returned.
    fields,
    open,
    ...(close ? { close } : {}),
  };
}

/** Walks a whole source as one message; throws {@link Malformed} with the offset of what is wrong. */
export async function walkMessage<T>(source: ByteSource, fields: Fields<T>, root: T): Promise<void> {
  const window = new Window(source);
  const frames: Frame[] = [{ fields, target: root, end: source.size, close: undefined }];
  for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
    if (window.position === frame.end) {
      frame.close?.(frame.target);
      frames.pop();
      continue;
    }
    if (window.available < HEAD_BYTES) await window.fill(HEAD_BYTES);
    const inner = await readField(window, frame, frames.length);
    if (inner) frames.push(inner);
  }
}

/** Reads or skips one field; returns the frame of a message to walk into. */
async function readField(window: Window, frame: Frame, depth: number): Promise<Frame | undefined> {
  const start = window.position;
  const tag = readTag(window, frame.end);
  const field = frame.fields[tag >>> 3];
  switch (tag & 7) {
    case 0:
      readSingleVarint(window, frame, field);
      return undefined;
    case 1:
      skipFixed(window, frame, field, 8);
      return undefined;
    case 5:
      skipFixed(window, frame, field, 4);
      return undefined;
    case 2:
      return readLengthDelimited(window, frame, field, depth);
    default:
      throw new Malformed(`field ${tag >>> 3} has wire type ${tag & 7}, which proto3 never uses`, start);
  }
}

/** A tag is a varint of 32 bits: field number and wire type. */
function readTag(window: Window, end: number): number {
  const start = window.position;
  let tag = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    if (window.position === end) throw new Malformed('the message ends inside a field tag', start);
    const byte = window.byte();
    tag += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) {
      if (tag >= 2 ** 32 || tag < 8) throw new Malformed(`${tag} is not a field tag`, start);
      return tag;
    }
  }
  throw new Malformed('a field tag is longer than 5 bytes', start);
}

/** Any varint as an unsigned 64-bit value in two halves, so that the common case makes no bigint. */
function readVarint(window: Window, end: number): { low: number; high: number } {
  const start = window.position;
  let low = 0;
  let high = 0;
  for (let count = 0; count < MAX_VARINT_BYTES; count++) {
    if (window.position === end) throw new Malformed('the message ends inside a number', start);
    const byte = window.byte();
    if (count < 5) low += (byte & 0x7f) * 2 ** (7 * count);
    else high += (byte & 0x7f) * 2 ** (7 * (count - 5));
    if (byte < 0x80) return { low, high };
  }
  throw new Malformed(`a varint is longer than ${MAX_VARINT_BYTES} bytes`, start);
}

function toSigned({ low, high }: { low: number; high: number }): bigint {
  if (high === 0) return BigInt(low);
  return BigInt.asIntN(64, BigInt(low) + (BigInt(high) << 35n));
}

function readSingleVarint(window: Window, frame: Frame, field: Field<unknown> | undefined): void {
  const offset = window.position;
  const value = readVarint(window, frame.end);
  if (field?.kind === 'integer') field.put(frame.target, toSigned(value), offset);
  else if (field?.kind === 'numbers' && field.width === 0) field.put(frame.target, 1);
}

function skipFixed(window: Window, frame: Frame, field: Field<unknown> | undefined, width: 4 | 8): void {
  if (window.position + width > frame.end)
    throw new Malformed(`the message ends inside a ${width}-byte number`, window.position);
  window.position += width;
  if (field?.kind === 'numbers' && field.width === width) field.put(frame.target, 1);
}

async function readLengthDelimited(
  window: Window,
  frame: Frame,
  field: Field<unknown> | undefined,
  depth: number,
): Promise<Frame | undefined> {
  const at = window.position;
  const { low, high } = readVarint(window, frame.end);
  const left = frame.end - window.position;
  if (high > 0 || low > left) {
    const claimed = toSigned({ low, high });
    throw new Malformed(`a field claims ${BigInt.asUintN(64, claimed)} bytes, but ${left} are left`, at);
  }
  const end = window.position + low;
  if (field?.kind === 'message') {
    if (depth >= MAX_DEPTH) throw new Malformed(`messages are nested deeper than ${MAX_DEPTH}`, at);
    // What `open` returns is what the fields beside it take.
    return { fields: field.fields(), target: field.open(frame.target), end, close: field.close };
  }
  await readScalars(window, frame, field, end);
  window.position = end;
  return undefined;
}

async function readScalars(
  window: Window,
  frame: Frame,
  field: Field<unknown> | undefined,
  end: number,
): Promise<void> {
  const start = window.position;
  switch (field?.kind) {
    case 'bytes':
      field.put(frame.target, end - start, start);
      return;
    case 'text':
      if (end - start > MAX_TEXT_BYTES)
        throw new Malformed(`a text of ${end - start} bytes, more than ${MAX_TEXT_BYTES}`, start);
      await window.fill(end - start);
      field.put(frame.target, decoder.decode(window.take(end - start)), start);
      return;
    case 'integer':
      await eachPackedVarint(window, end, (value) => field.put(frame.target, toSigned(value), start));
      return;
    case 'numbers': {
      if (field.width === 0) return field.put(frame.target, await countPackedVarints(window, end));
      if ((end - start) % field.width)
        throw new Malformed(`${end - start} bytes do not hold whole ${field.width}-byte numbers`, start);
      return field.put(frame.target, (end - start) / field.width);
    }
    case 'message':
    case undefined:
      return;
  }
}

/** Lossy on purpose: a text is shown, never trusted, and protobuf's proto2 readers accept any bytes. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

async function eachPackedVarint(
  window: Window,
  end: number,
  each: (value: { low: number; high: number }) => void,
): Promise<void> {
  while (window.position < end) {
    if (window.available < MAX_VARINT_BYTES) await window.fill(MAX_VARINT_BYTES);
    each(readVarint(window, end));
  }
}

/** Counts the bytes that end a varint, one window at a time: as fast as the bytes can be read. */
async function countPackedVarints(window: Window, end: number): Promise<number> {
  let count = 0;
  let length = 0;
  while (window.position < end) {
    if (window.available === 0) await window.fill(1);
    const start = window.position;
    const piece = window.take(Math.min(window.available, end - window.position));
    for (let i = 0; i < piece.length; i++) {
      length++;
      if (length > MAX_VARINT_BYTES)
        throw new Malformed(`a varint is longer than ${MAX_VARINT_BYTES} bytes`, start + i);
      if ((piece[i] ?? 0) < 0x80) {
        count++;
        length = 0;
      }
    }
  }
  if (length > 0) throw new Malformed('the message ends inside a number', end);
  return count;
}
