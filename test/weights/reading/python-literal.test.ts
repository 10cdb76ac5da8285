import { expect, test } from 'vitest';
import { Malformed } from '../../../src/core/documents/malformed.ts';
import { parseLiteral } from '../../../src/weights/reading/python-literal.ts';

const whole = (value: bigint) => ({ kind: 'number', value });

test('a dict is read as numpy writes it, and as a person may', () => {
  const entries = new Map<string, unknown>([
    ['descr', '<f4'],
    ['fortran_order', false],
    ['shape', { kind: 'tuple', items: [whole(3n), whole(4n)] }],
  ]);
  const dict = { kind: 'dict', entries, numbered: new Map() };
  expect(parseLiteral("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }")).toEqual(dict);
  expect(parseLiteral('{"descr":"<" \'f4\', \n "fortran_order":False, # why not\n "shape":(0x3,0b100)}')).toEqual(dict);
});

test('a value in brackets is itself, with a comma it is a tuple', () => {
  expect(parseLiteral('(3)')).toEqual(whole(3n));
  expect(parseLiteral('(3,)')).toEqual({ kind: 'tuple', items: [whole(3n)] });
  expect(parseLiteral('()')).toEqual({ kind: 'tuple', items: [] });
});

test('of keys that stand twice the last counts', () => {
  expect(parseLiteral("{'a': 1, 'a': None}")).toEqual({
    kind: 'dict',
    entries: new Map([['a', null]]),
    numbered: new Map(),
  });
});

test('keys that are whole numbers stand by themselves', () => {
  expect(parseLiteral("{0: 'a', 7: 'b', 'c': 1}")).toMatchObject({
    numbered: new Map([
      [0n, 'a'],
      [7n, 'b'],
    ]),
  });
});

test.each(['', 'f()', "{'a': 1", "'a", '[1 2]', '1 1', `${'['.repeat(100)}${']'.repeat(100)}`, '__import__'])(
  '%s is not a literal',
  (text) => {
    expect(() => parseLiteral(text)).toThrow(Malformed);
  },
);
