import { expect, test } from 'vitest';
import { viewOf } from '../../../../src/handlers/image/decode/view.ts';

test('a view covers its bytes only, also within a larger buffer', () => {
  const view = viewOf(Uint8Array.of(1, 2, 3, 4).subarray(1, 3));
  expect([view.getUint8(0), view.getUint8(1)]).toEqual([2, 3]);
  expect(() => view.getUint8(2)).toThrow(RangeError);
});
