import { expect, test } from 'vitest';
import { adaptPython, hasDoubtfulSyntax } from '../../src/source/python-source.ts';

test.each([
  '\ufeffx = 1\n',
  'x = 1 + \\\n  2\n',
  'y = 1.\n',
  'def f():\n  yield\n',
  'with open(a) as (b, c):\n  pass\n',
  'for x, *rest in y:\n  pass\n',
])('what the parser does not know is replaced in place, so that nothing behind it moves: %j', (code) => {
  const adapted = adaptPython(code);
  expect(adapted).not.toBe(code);
  expect(adapted.length).toBe(code.length);
});

test('other code stays as it is', () => {
  const code = 'def handle(data, context):\n    return data[0]\n';
  expect(adaptPython(code)).toBe(code);
});

test('statements that are read with gaps are doubted', () => {
  expect([hasDoubtfulSyntax('match x:\n  case [1, 2]:\n    pass\n'), hasDoubtfulSyntax('x = 1\n')]).toEqual([
    true,
    false,
  ]);
});
