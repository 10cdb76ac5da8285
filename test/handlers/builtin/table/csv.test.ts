import { expect, test } from 'vitest';
import { parseCsv } from '../../../../src/handlers/builtin/table/csv.ts';

test.each<[string, string[][]]>([
  [
    'a,b\n1,2\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  ['\uFEFFa\r\n1\r\n\r\n2', [['a'], ['1'], ['2']]],
  [
    '"a, b","c ""d"""\n,\n',
    [
      ['a, b', 'c "d"'],
      ['', ''],
    ],
  ],
  [
    'a,\n1,""',
    [
      ['a', ''],
      ['1', ''],
    ],
  ],
  ['a,', [['a', '']]],
  ['"two\nlines",x', [['two\nlines', 'x']]],
  ['', []],
])('%j', (text, lines) => {
  expect(parseCsv(text)).toEqual(lines);
});

test.each(['"a', 'a"b', '"a"b,c'])('%j is refused', (text) => {
  expect(() => parseCsv(text)).toThrow(/quote in line 1/);
});
