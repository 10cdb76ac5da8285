import { expect, test } from 'vitest';
import { isCall, isGlobal, isTuple, opaque } from '../../../src/weights/pickle/values.ts';

test('values have distinct kinds; text and None have none', () => {
  expect(isTuple({ kind: 'tuple', items: [] })).toBe(true);
  for (const value of [null, 'tuple', 7, undefined, opaque])
    expect([isTuple(value), isCall(value), isGlobal(value)]).toEqual([false, false, false]);
});
