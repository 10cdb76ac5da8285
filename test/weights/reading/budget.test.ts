import { expect, test } from 'vitest';
import { Budget, OverLimit } from '../../../src/weights/reading/budget.ts';

test('a budget ends at its limit, and the error has the offset in the file', () => {
  const budget = new Budget(1000);
  budget.take(1000, 3);
  expect(() => budget.take(1, 7)).toThrow(new OverLimit('it describes more than 1000 bytes of facts', 7));
});

test('an object costs more than its text', () => {
  const budget = new Budget(200);
  budget.spend(0, 0);
  expect(() => budget.spend(0, 1)).toThrow(OverLimit);
});
