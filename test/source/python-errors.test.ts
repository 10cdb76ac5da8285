import { expect, test } from 'vitest';
import { parsePython } from '../../src/source/parse-python.ts';

const errors = (code: string) => parsePython(code).errors.map(({ line, message }) => `${line}: ${message}`);

test.each([
  ['x = (1,\ny = 2\n', '"(" is never closed'],
  ['x = """abc\n', 'the string is never closed'],
  ['print "x"\n', 'a print statement of Python 2'],
  ['try:\n  x = 1\ny = 2\n', 'try has neither except nor finally'],
  ['if x:\n    a = 1\n   b = 2\n', 'indentation'],
])('%j is told in words', (code, words) => {
  expect(errors(code).join()).toContain(words);
});

test('good code has none', () => {
  expect(errors('try:\n  x = (1,)\nfinally:\n  print("x")\n')).toEqual([]);
});
