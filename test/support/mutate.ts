import fc from 'fast-check';

/** One change of the kinds that break parsers: a flipped bit, a length one off, a piece cut, doubled or moved. */
type Mutation =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'number'; readonly at: number; readonly bytes: 2 | 4 | 8; readonly value: bigint }
  | { readonly kind: 'cut' | 'double'; readonly at: number; readonly length: number }
  | { readonly kind: 'splice'; readonly at: number; readonly from: number; readonly length: number };

const position = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const edges = [
  0n,
  1n,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xfffffffen,
  0xffffffffn,
  0x100000000n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];

export const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('flip' as const), at: position, bit: fc.integer({ min: 0, max: 7 }) }),
    fc.record({
      kind: fc.constant('number' as const),
      at: position,
      bytes: fc.constantFrom(2, 4, 8),
      value: fc.constantFrom(...edges),
    }),
    fc.record({
      kind: fc.constantFrom('cut' as const, 'double' as const),
      at: position,
      length: fc.integer({ min: 1, max: 64 }),
    }),
    fc.record({
      kind: fc.constant('splice' as const),
      at: position,
      from: position,
      length: fc.integer({ min: 1, max: 100 }),
    }),
  ),
  { minLength: 1, maxLength: 4 },
);

export function mutate(seed: Buffer, changes: readonly Mutation[]): Buffer {
  let bytes = Buffer.from(seed);
  for (const change of changes) {
    const at = Math.floor(change.at * bytes.length);
    if (change.kind === 'flip' && bytes.length > 0) bytes[at] = (bytes[at] as number) ^ (1 << change.bit);
    else if (change.kind === 'number' && at + change.bytes <= bytes.length)
      writeNumber(bytes, at, change.bytes, change.value);
    else if (change.kind === 'cut') bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + change.length)]);
    else if (change.kind === 'double') {
      bytes = Buffer.concat([bytes.subarray(0, at + change.length), bytes.subarray(at)]);
    } else if (change.kind === 'splice') {
      const from = Math.floor(change.from * bytes.length);
      bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(from, from + change.length), bytes.subarray(at)]);
    }
  }
  return bytes;
}

function writeNumber(bytes: Buffer, at: number, length: 2 | 4 | 8, value: bigint): void {
  const masked = BigInt.asUintN(length * 8, value);
  for (let index = 0; index < length; index++) bytes[at + index] = Number((masked >> BigInt(index * 8)) & 0xffn);
}
