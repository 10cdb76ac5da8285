import { expect, test } from 'vitest';
import { findJsonChanges } from '../../../src/commands/diff/json-changes.ts';

test('objects are compared key by key, in order of the keys', () => {
  expect(findJsonChanges({ b: 1, a: { x: 1, y: 2 } }, { a: { x: 1, y: 3, z: 4 } })).toEqual([
    { path: ['a', 'y'], pointer: '/a/y', change: 'changed', before: 2, after: 3 },
    { path: ['a', 'z'], pointer: '/a/z', change: 'added', after: 4 },
    { path: ['b'], pointer: '/b', change: 'removed', before: 1 },
  ]);
});

test('a list is one value', () => {
  expect(findJsonChanges([1, 2], [2, 1])).toMatchObject([{ pointer: '', change: 'changed' }]);
});

test('the order of keys is no difference', () => {
  expect(findJsonChanges({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 })).toEqual([]);
});

test('keys that every object inherits are keys like others', () => {
  const hostile: unknown = JSON.parse('{"__proto__": 1, "constructor": 2}');
  expect(findJsonChanges({}, hostile).map(({ pointer, after }) => [pointer, after])).toEqual([
    ['/__proto__', 1],
    ['/constructor', 2],
  ]);
});
