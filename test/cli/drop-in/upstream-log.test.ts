import { expect, test } from 'vitest';
import { archiverVoice } from '../../../src/cli/drop-in/upstream-log.ts';
import { ToolError } from '../../../src/core/errors.ts';
import { createStyle } from '../../../src/ui/style.ts';

const style = createStyle({ color: false });

test('an error is told in the form of Python’s log, with its next step below', () => {
  const error = new ToolError('FILE_NOT_FOUND', { what: 'handler', path: 'h.py' });
  expect(archiverVoice.formatError(error, style)).toBe(`ERROR - No handler at h.py.\n  ${error.hint}\n`);
  expect(archiverVoice.exitCodeOf(error)).toBe(1);
});

test('a warning says so, a notice does not', () => {
  expect(archiverVoice.formatNotice('warning', 'Odd.', 'Do.', style)).toBe('WARNING - Odd.\n  Do.\n');
});
