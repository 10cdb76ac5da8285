import { expect, test } from 'vitest';
import { Problems } from '../../../src/weights/reading/problem.ts';

test('problems are kept up to a bound, and the last says how many more there were', () => {
  const problems = new Problems();
  for (let at = 0; at < 205; at++) problems.add('weights/empty', `Problem ${at}.`, { offset: at });
  expect(problems.list()).toHaveLength(200);
  expect(problems.list()[0]).toEqual({ code: 'weights/empty', message: 'Problem 0.', offset: 0 });
  expect(problems.list().at(-1)?.message).toBe('Problem 199. (and 5 more problems)');
});

test('a kind of problem is found by the beginning of its code', () => {
  const problems = new Problems();
  problems.add('weights/pickle-limit', 'x');
  expect([problems.has('weights/pickle'), problems.has('weights/onnx')]).toEqual([true, false]);
});
