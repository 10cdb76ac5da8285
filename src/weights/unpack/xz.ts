import { Malformed } from '../../core/documents/malformed.ts';
import type { Input } from './input.ts';
import { unpackLzma2 } from './lzma.ts';
import { Full, Output, Unsupported } from './output.ts';

/** The .xz file format, version 1.2. */
const STREAM_HEADER_BYTES = 12;
const STREAM_FOOTER_BYTES = 12;
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64] as const;
const [DELTA, LZMA2] = [0x03, 0x21];
const [HAS_PACKED_SIZE, HAS_SIZE] = [0x40, 0x80];

interface Filter {
  readonly id: number;
  readonly properties: Uint8Array;
}

/** All consecutive streams, with zeros between them. Checksums are not compared. */
export function unpackXz(input: Input, output: Output, limit: number): void {
  do {
    unpackStream(input, output, limit);
    while (input.remaining > 0 && input.bytes[input.position] === 0) input.position++;
  } while (input.remaining > STREAM_HEADER_BYTES);
}

function unpackStream(input: Input, output: Output, limit: number): void {
  const header = input.take(STREAM_HEADER_BYTES);
  if (Buffer.from(header).toString('hex', 0, 6) !== 'fd377a585a00')
    throw new Malformed('no xz stream starts here', input.position - STREAM_HEADER_BYTES);
  const check = CHECK_BYTES[(header[7] ?? 0) & 15] ?? 0;
  for (;;) {
    const start = input.position;
    const size = input.byte();
    if (size === 0) {
      skipIndex(input, start);
      return;
    }
    const filters = readBlockHeader(input, start, (size + 1) * 4);
    unpackBlock(input, output, filters, limit);
    while ((input.position - start) % 4 !== 0) input.byte();
    input.take(check);
  }
}

function readBlockHeader(input: Input, start: number, size: number): Filter[] {
  const flags = input.byte();
  if (flags & HAS_PACKED_SIZE) readNumber(input);
  if (flags & HAS_SIZE) readNumber(input);
  const filters = Array.from({ length: (flags & 3) + 1 }, () => {
    const id = readNumber(input);
    return { id, properties: input.take(readNumber(input)) };
  });
  input.position = start + size;
  return filters;
}

/** The last filter is LZMA2; a filter before it changes single bytes of the output. */
function unpackBlock(input: Input, output: Output, filters: readonly Filter[], limit: number): void {
  const [first, ...more] = filters;
  if (filters.at(-1)?.id !== LZMA2) throw new Malformed('an xz block is not LZMA2', input.position);
  if (first?.id === LZMA2) {
    unpackInto(input, output, limit, (bytes) => bytes);
    return;
  }
  if (first?.id !== DELTA || more.length > 1)
    // The filters for machine code: a pickle keeps its names, but not its lengths.
    throw new Unsupported('an xz block has a filter for machine code', input.position);
  const distance = (first.properties[0] ?? 0) + 1;
  unpackInto(input, output, limit, (bytes) => {
    for (let at = distance; at < bytes.length; at++)
      bytes[at] = ((bytes[at] ?? 0) + (bytes[at - distance] ?? 0)) & 0xff;
    return bytes;
  });
}

/** A block is independent of those before it. Its output before an error is kept. */
function unpackInto(input: Input, output: Output, limit: number, filter: (bytes: Uint8Array) => Uint8Array): void {
  const block = new Output(limit - output.length);
  let failure: unknown;
  try {
    unpackLzma2(input, block);
  } catch (error) {
    if (!(error instanceof Malformed) && !(error instanceof Full)) throw error;
    failure = error;
  }
  output.append(filter(block.bytes));
  if (failure !== undefined) throw failure;
}

function skipIndex(input: Input, start: number): void {
  const records = readNumber(input);
  for (let i = 0; i < records; i++) {
    readNumber(input);
    readNumber(input);
  }
  while ((input.position - start) % 4 !== 0) input.byte();
  input.take(4 + STREAM_FOOTER_BYTES);
}

/** Seven bits a byte, the lowest first. */
function readNumber(input: Input): number {
  let value = 0;
  for (let shift = 0; shift < 63; shift += 7) {
    const byte = input.byte();
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  throw new Malformed('an xz number does not end', input.position);
}
