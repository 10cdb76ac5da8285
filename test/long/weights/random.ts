/** A seeded generator (mulberry32), so that a failing case can be made again from the seed in its message. */
export interface Random {
  /** An integer from 0 to `below` − 1. */
  int(below: number): number;
  pick<T>(items: readonly T[]): T;
  bytes(length: number): Buffer;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number) => Math.floor(next() * below);
  return {
    int,
    pick: (items) => items[int(items.length)] as (typeof items)[number], // int stays below the length
    bytes: (length) => Buffer.from(Array.from({ length }, () => int(256))),
  };
}

/** One to four changes of a kind that parsers stumble over: a flipped bit, a length that is off, a cut, a repeated or moved piece. */
export function mutate(seed: Uint8Array, random: Random): Buffer {
  let bytes = Buffer.from(seed);
  for (let i = 0; i <= random.int(4); i++) {
    const at = random.int(Math.max(1, bytes.length));
    const length = Math.min(1 + random.int(16), bytes.length - at);
    switch (random.int(7)) {
      case 0:
        if (bytes.length > 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.int(8));
        break;
      case 1:
        if (bytes.length > 0) bytes[at] = random.pick([0, 1, 0x7f, 0x80, 0xff]);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.int(8)), bytes.subarray(at)]);
        break;
      case 5:
        bytes = bytes.subarray(0, at);
        break;
      default:
        if (at + 8 <= bytes.length)
          bytes.writeBigUInt64LE(random.pick([2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]), at);
    }
  }
  return bytes;
}
