import { expect, test } from 'vitest';
import { findingSchema, isAtLeast } from '../../src/core/finding.ts';

test('an error is at least a warning, a warning at least an info', () => {
  expect([isAtLeast('error', 'warning'), isAtLeast('warning', 'warning'), isAtLeast('info', 'warning')]).toEqual([
    true,
    true,
    false,
  ]);
});

test('lines count from 1, offsets from 0', () => {
  const finding = { rule: 'a/b', severity: 'error', message: 'x' };
  expect(findingSchema.safeParse({ ...finding, at: { line: 1, offset: 0 } }).success).toBe(true);
  expect(findingSchema.safeParse({ ...finding, at: { line: 0 } }).success).toBe(false);
  expect(findingSchema.safeParse({ ...finding, at: { offset: -1 } }).success).toBe(false);
});
