import { expect, test } from 'vitest';
import { requestValue } from '../../../../src/handlers/builtin/common/request-value.ts';

type Row = Parameters<typeof requestValue>[0];

test('the value is the field data, else the body; empty values count as absent', () => {
  expect(requestValue({ data: 'a', body: 'b' } as Row)).toBe('a');
  expect(requestValue({ data: '', body: 'b' } as Row)).toBe('b');
  expect(requestValue({ data: new Uint8Array(0), body: 0 } as Row)).toBe(0);
});

test.each([
  [{}, 'it is empty'],
  [{ image: 'x', size: 'y' }, 'its fields are "image", "size"'],
  [{ '{"data": 1}': '' }, 'Content-Type: application/json'],
])('a request without either is refused with the fields it has: %o', (row, words) => {
  expect(() => requestValue(row as Row)).toThrow(words);
});
