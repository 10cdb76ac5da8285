import type { Random } from '../../support/random.ts';

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
