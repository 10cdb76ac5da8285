import { expect, test } from 'vitest';
import { splitBatch, takeRow } from '../../src/handlers/split-batch.ts';

const scores = { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } as const;

test('one output gives a tensor for each request, several give one for each name', () => {
  expect(splitBatch({ scores }, 2)).toEqual([
    { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) },
    { dtype: 'float32', shape: [2], data: Float32Array.of(3, 4) },
  ]);
  const names = { dtype: 'string', shape: [2], data: ['a', 'b'] } as const;
  const second = splitBatch({ scores, names }, 2)[1];
  const scoresOfSecond = { dtype: 'float32', shape: [2], data: Float32Array.of(3, 4) };
  expect(second).toEqual(
    new Map<string, unknown>([
      ['scores', scoresOfSecond],
      ['names', { dtype: 'string', shape: [], data: ['b'] }],
    ]),
  );
});

test('an output whose first axis is not the batch is named in the error', () => {
  expect(() => takeRow('scores', scores, 0, 3)).toThrow(
    'output "scores" has shape [2, 2]; its first axis must hold the 3',
  );
});
