import { expect, test } from 'vitest';
import { counterpartFile, counterpartNames, counterpartOf } from '../../../src/model/handler/torchserve-counterpart.ts';

test('a counterpart is recognised by its file', () => {
  for (const name of counterpartNames) expect(counterpartOf(counterpartFile(name))).toBe(name);
  expect(counterpartOf('handler.py')).toBeUndefined();
});
