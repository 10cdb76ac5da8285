import { expect, test } from 'vitest';
import { createFrameWriter } from '../../../src/serve/protocol/frame-writer.ts';

test('values are written in order, long ones without a copy', () => {
  const writer = createFrameWriter();
  const long = Buffer.alloc(20_000, 'x');
  writer.byte(0x49);
  writer.int(-2);
  writer.text('é');
  writer.value(Buffer.from('ab'));
  writer.value(long);
  const parts = writer.finish();
  expect(parts).toContain(long);
  const wanted = Buffer.concat([
    Buffer.from('49fffffffe00000002c3a9000000026162', 'hex'),
    Buffer.from('00004e20', 'hex'),
    long,
  ]);
  expect(Buffer.concat(parts).equals(wanted)).toBe(true);
  expect(writer.finish()).toEqual([]);
});
