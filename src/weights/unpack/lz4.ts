import { Malformed } from '../../core/documents/malformed.ts';
import type { Input } from './input.ts';
import type { Output } from './output.ts';

/** The LZ4 frame format, version 1.6. */
const MAGIC = 0x184d2204;
const SKIPPABLE = 0x184d2a50;
const [CONTENT_CHECKSUM, CONTENT_SIZE, BLOCK_CHECKSUM, DICTIONARY] = [0x04, 0x08, 0x10, 0x01];
/** A block that did not get smaller is stored as it is. */
const STORED = 0x80000000;

/** All consecutive frames. Checksums are not compared: loaders return the bytes before they check them. */
export function unpackLz4(input: Input, output: Output): void {
  while (input.remaining > 0) {
    const magic = input.u32();
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) input.take(input.u32());
    else if (magic === MAGIC) unpackFrame(input, output);
    else throw new Malformed('no LZ4 frame starts here', input.position - 4);
  }
}

function unpackFrame(input: Input, output: Output): void {
  const flags = input.byte();
  input.byte();
  if (flags & CONTENT_SIZE) input.take(8);
  if (flags & DICTIONARY) input.take(4);
  input.byte();
  for (let size = input.u32(); size !== 0; size = input.u32()) {
    const length = size % STORED;
    if (size >= STORED) output.append(input.take(length));
    else unpackBlock(input, output, length);
    if (flags & BLOCK_CHECKSUM) input.take(4);
  }
  if (flags & CONTENT_CHECKSUM) input.take(4);
}

/** Literals, then a match, again and again; the last has literals only. */
function unpackBlock(input: Input, output: Output, length: number): void {
  const end = input.position + length;
  while (input.position < end) {
    const token = input.byte();
    output.append(input.take(readLength(input, token >> 4)));
    if (input.position >= end) return;
    const distance = input.byte() + input.byte() * 256;
    output.copy(distance, readLength(input, token & 15) + 4);
  }
}

function readLength(input: Input, start: number): number {
  let length = start;
  if (start < 15) return length;
  for (let more = 255; more === 255; length += more) more = input.byte();
  return length;
}
