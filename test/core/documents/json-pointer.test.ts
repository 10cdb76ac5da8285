import { expect, test } from 'vitest';
import { toJsonPointer } from '../../../src/core/documents/json-pointer.ts';

test('a path is written with a slash before each part, the whole document as nothing', () => {
  expect(toJsonPointer([])).toBe('');
  expect(toJsonPointer(['a', 0, 'b'])).toBe('/a/0/b');
});

test('slashes and tildes of a key are escaped, the tilde first', () => {
  expect(toJsonPointer(['a/b', '~1', ''])).toBe('/a~1b/~01/');
});
