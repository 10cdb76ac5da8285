import { expect, test } from 'vitest';
import { toJsonPointer } from '../../../src/core/documents/json-pointer.ts';

test('each part of a pointer follows a slash; the whole document is the empty text', () => {
  expect(toJsonPointer([])).toBe('');
  expect(toJsonPointer(['a', 0, 'b'])).toBe('/a/0/b');
});

test('slashes and tildes in a key are escaped, the tilde first', () => {
  expect(toJsonPointer(['a/b', '~1', ''])).toBe('/a~1b/~01/');
});
