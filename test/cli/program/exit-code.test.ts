import { expect, test } from 'vitest';
import { exitCodeOf, exitCodes } from '../../../src/cli/program/exit-code.ts';
import { ToolError } from '../../../src/core/errors.ts';

test('findings, wrong usage and failures have exit codes of their own', () => {
  const invalid = new ToolError('INVALID_OPTION', { option: 'a', found: '1', expected: '2' });
  const missing = new ToolError('FILE_NOT_FOUND', { what: 'archive', path: 'm.mar' });
  expect([exitCodeOf(invalid), exitCodeOf(missing)]).toEqual([exitCodes.usage, exitCodes.failed]);
  expect(new Set(Object.values(exitCodes)).size).toBe(4);
});

test('an unexpected error is a failure', () => {
  expect(exitCodeOf(new TypeError('x'))).toBe(exitCodes.failed);
});
