import { expect, test } from 'vitest';
import { MAX_PROBLEMS } from '../../../src/core/problem.ts';
import { Problems } from '../../../src/weights/reading/problem.ts';

test('problems are kept up to a limit, and the last one counts the rest', () => {
  const problems = new Problems();
  for (let at = 0; at < MAX_PROBLEMS + 5; at++) problems.add('weights/empty', `Problem ${at}.`, { offset: at });
  expect(problems.list()[0]).toEqual({ rule: 'weights/empty', message: 'Problem 0.', at: { offset: 0 } });
  expect(problems.list().at(-1)).toMatchObject({ rule: 'weights/left-out', message: expect.stringMatching(/^5 more/) });
});

test('a kind of problem is found by the prefix of its rule', () => {
  const problems = new Problems();
  problems.add('weights/pickle-limit', 'x');
  expect([problems.has('weights/pickle'), problems.has('weights/onnx')]).toEqual([true, false]);
});

test('problems of another reader are added with its name', () => {
  const problems = new Problems();
  problems.addAll([{ rule: 'weights/empty', message: 'x', at: { offset: 3 } }], (message) => `a.npy: ${message}`);
  expect(problems.list()).toEqual([{ rule: 'weights/empty', message: 'a.npy: x', at: { offset: 3 } }]);
});
