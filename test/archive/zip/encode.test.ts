import { expect, test } from 'vitest';
import { encodeEnd, toDosTime } from '../../../src/archive/zip/encode.ts';

test('times are MS-DOS times, in steps of two seconds', () => {
  expect(toDosTime(new Date('1980-01-01T00:00:01Z'))).toEqual({ date: 0x21, time: 0 });
  expect(toDosTime(new Date('2107-12-31T23:59:59Z'))).toEqual({ date: 0xff9f, time: 0xbf7d });
});

test('the end record has 22 bytes, with zip64 records before it only if a number needs them', () => {
  expect(encodeEnd(65_534, 1, 2)).toHaveLength(22);
  for (const end of [encodeEnd(65_535, 1, 2), encodeEnd(1, 2 ** 32, 2), encodeEnd(1, 1, 2 ** 32)]) {
    expect(end).toHaveLength(22 + 56 + 20);
    expect(end.readUInt32LE(0)).toBe(0x06064b50);
  }
});
