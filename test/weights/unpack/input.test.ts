import { expect, test } from 'vitest';
import { Malformed } from '../../../src/core/documents/malformed.ts';
import { Input } from '../../../src/weights/unpack/input.ts';

test('bits are read from the highest, across bytes; align skips to the next byte', () => {
  const input = new Input(Buffer.from([0b10110011, 0b01000000, 0xff]));
  expect([input.bits(1), input.bits(3), input.bits(6)]).toEqual([1, 0b011, 0b001101]);
  input.align();
  expect(input.byte()).toBe(0xff);
});

test('numbers of four bytes are little-endian, also above 2 GiB', () => {
  expect(new Input(Buffer.from([1, 0, 0, 0x80])).u32()).toBe(0x80000001);
});

test('a read beyond the end is malformed', () => {
  const input = new Input(Buffer.from([1, 2]));
  expect(Buffer.from(input.take(2))).toEqual(Buffer.from([1, 2]));
  expect(() => input.take(1)).toThrow(Malformed);
  expect(() => input.byte()).toThrow(Malformed);
  expect(() => new Input(Buffer.alloc(2)).bits(17)).toThrow(Malformed);
});
