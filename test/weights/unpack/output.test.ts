import { expect, test } from 'vitest';
import { Malformed } from '../../../src/core/documents/malformed.ts';
import { Full, Output } from '../../../src/weights/unpack/output.ts';

test('copies may overlap their own output', () => {
  const output = new Output(100);
  output.append(Buffer.from('ab'));
  output.copy(2, 5);
  output.copy(1, 2);
  expect(Buffer.from(output.bytes).toString()).toBe('abababaaa');
  expect(output.back(3)).toBe(0x61);
});

test('a copy from before the start is malformed', () => {
  const output = new Output(100);
  output.push(1);
  expect(() => output.copy(2, 1)).toThrow(Malformed);
  expect(() => output.copy(0, 1)).toThrow(Malformed);
});

test('the output never exceeds its limit', () => {
  const output = new Output(4);
  output.append(Buffer.from('abc'));
  expect(() => output.copy(1, 1_000_000_000)).toThrow(Full);
  expect(() => output.push(0)).toThrow(Full);
  expect(() => output.append(Buffer.from('x'))).toThrow(Full);
  expect(Buffer.from(output.bytes).toString()).toBe('abcc');
});
