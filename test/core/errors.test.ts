import { expect, test } from 'vitest';
import { describeError, isToolError, systemCode, ToolError } from '../../src/core/errors.ts';

test('an error has a code, a message, a hint and a cause', () => {
  const cause = new Error('why');
  const error = new ToolError('FILE_NOT_FOUND', { what: 'archive', path: 'x.mar' }, { cause });
  expect(error).toMatchObject({ code: 'FILE_NOT_FOUND', message: 'No archive at x.mar.', cause, findings: [] });
  expect(error.hint).not.toBe('');
  expect([isToolError(error), isToolError(cause)]).toEqual([true, false]);
});

test('a system code is a text', () => {
  expect(systemCode(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe('ENOENT');
  expect(systemCode(Object.assign(new Error('x'), { code: 7 }))).toBeUndefined();
  expect(systemCode({ code: 'ENOENT' })).toBeUndefined();
});

test('any thrown value is described in one line', () => {
  expect(describeError(new Error('first\nsecond'))).toBe('first');
  expect(describeError('text')).toBe('text');
  expect(describeError(undefined)).toBe('undefined');
});
