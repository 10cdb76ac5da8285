import { expect, test } from 'vitest';
import { Malformed } from '../../../src/core/documents/malformed.ts';
import { readDtype, readShape } from '../../../src/weights/reading/numpy-dtype.ts';
import { parseLiteral } from '../../../src/weights/reading/python-literal.ts';

const read = (text: string) => readDtype(parseLiteral(text));

test.each([
  ["'<f4'", 'float32', 4],
  ["'|b1'", 'bool', 1],
  ["'<U10'", 'str10', 40],
  ["'|S3'", 'S3', 3],
  ["'<M8[ns]'", 'M8', 8],
  ["[('a', '<i8'), ('b', '<f4', (2, 3))]", 'structured', 32],
  ["('<f8', (2,))", 'float64', 16],
])('%s is %s, %i bytes an element', (text, name, itemBytes) => {
  expect(read(text)).toEqual({ name, itemBytes, isObject: false });
});

test.each(["'|O'", "'O8'", "'object'", "'f8,O'", "[('a', '<f4'), ('b', 'O')]", "('O', (2,))", "'float64'"])(
  '%s may hold objects, so its data is a pickle',
  (text) => {
    expect(read(text)).toMatchObject({ itemBytes: undefined, isObject: true });
  },
);

test('an invalid dtype or shape is malformed', () => {
  for (const text of ['3', 'None', "{'a': 1}", "[('a',)]", "['<f4']"]) expect(() => read(text)).toThrow(Malformed);
  for (const text of ["'3'", '(-1,)', '(1e3,)', `(${2n ** 60n},)`, 'None'])
    expect(() => readShape(parseLiteral(text))).toThrow(Malformed);
  expect(readShape(parseLiteral('(3, 0)'))).toEqual([3, 0]);
  expect(readShape(parseLiteral('5'))).toEqual([5]);
});
