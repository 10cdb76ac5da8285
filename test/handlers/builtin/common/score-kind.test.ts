import { expect, test } from 'vitest';
import { sigmoid, toProbabilities } from '../../../../src/handlers/builtin/common/score-kind.ts';

test('probabilities are kept, logits become probabilities', () => {
  const scores = Float32Array.of(1, 1, 1, 1);
  expect(Array.from(toProbabilities(scores, false))).toEqual([1, 1, 1, 1]);
  expect(Array.from(toProbabilities(scores, true))).toEqual([0.25, 0.25, 0.25, 0.25]);
});

test('a single score is the probability of class 1 against class 0', () => {
  expect(Array.from(toProbabilities(Float32Array.of(0), true))).toEqual([0.5, 0.5]);
  expect(Array.from(toProbabilities(Float32Array.of(0.25), false))).toEqual([0.75, 0.25]);
  expect([sigmoid(0), sigmoid(1000), sigmoid(-1000)]).toEqual([0.5, 1, 0]);
});
