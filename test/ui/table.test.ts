import { expect, test } from 'vitest';
import { formatTable } from '../../src/ui/table.ts';

test('formatTable aligns columns by display width, with colour and wide characters', () => {
  const text = formatTable(
    [
      ['\u001b[1mname\u001b[22m', '1'],
      ['模型', '22'],
    ],
    [{}, { align: 'right' }],
    '  ',
  );
  expect(text).toBe('  \u001b[1mname\u001b[22m   1\n  模型  22');
});

test('formatTable leaves no blanks at the end of a line', () => {
  expect(formatTable([['a', 'long'], ['b', ''], ['c']])).toBe('a  long\nb\nc');
});

test('formatTable of no rows is empty', () => {
  expect(formatTable([])).toBe('');
});
