import { expect, test } from 'vitest';
import { HIGHEST_PROTOCOL, opcodes } from '../../../src/weights/pickle/opcodes.ts';

test('an opcode is found by its byte', () => {
  expect(opcodes['('.charCodeAt(0)]).toMatchObject({ name: 'MARK', argument: 'none' });
  expect(opcodes[0x95]).toMatchObject({ name: 'FRAME' });
  expect(opcodes[0xff]).toBeUndefined();
});

test('all 68 opcodes up to protocol 5 are known, each with one byte', () => {
  expect(HIGHEST_PROTOCOL).toBe(5);
  const known = opcodes.filter((opcode) => opcode !== undefined);
  expect(known).toHaveLength(68);
  expect(new Set(known.map(({ name }) => name)).size).toBe(68);
});
