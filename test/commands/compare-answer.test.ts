import { expect, test } from 'vitest';
import { findDifference } from '../../src/commands/compare-answer.ts';

const compare = (expected: string, actual: string) => findDifference(Buffer.from(expected), Buffer.from(actual));

test.each([
  ['{"a": [1, 2]}', '{ "a":[1.0001,2] }'],
  ['1e-9', '0'],
  ['text\n', 'text'],
  ['{"a":1,"b":2}', '{"b":2,"a":1}'],
])('%j equals %j', (expected, actual) => {
  expect(compare(expected, actual)).toBeUndefined();
});

test.each([
  ['{"a":[1]}', '{"a":[1.01]}', '/a/0: expected 1 within'],
  ['[1]', '[1,2]', 'the answer: expected 1 items, got 2'],
  ['{"a/b":1}', '{}', '/a~1b: expected, but missing'],
  ['{}', '{"a":1}', '/a: not expected'],
  ['[]', '{}', 'expected []'],
  ['cat', 'dog', 'expected'],
])('%j does not equal %j', (expected, actual, words) => {
  expect(compare(expected, actual)).toContain(words);
});
