import { expect, test } from 'vitest';
import { readJsonDocument } from '../../../src/core/documents/json-document.ts';

const read = (text: string | Uint8Array, depth = 3) => readJsonDocument(Buffer.from(text), depth);

test('a document that every reader reads alike is returned', () => {
  expect(read(' {"a": [1, {"b": null}]} ')).toEqual({ kind: 'ok', value: { a: [1, { b: null }] } });
});

test.each([
  ['nothing', '', 'it is empty', undefined],
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'it is not UTF-8', undefined],
  ['a byte order mark', '\ufeff{}', 'byte order mark', 0],
  ['a key twice', '{"a":1,"a":2}', 'occurs twice', 7],
  ['more than the depth', '[[[[1]]]]', 'nested too deeply', 3],
  ['a second value', '{} {}', 'more text follows', 3],
])('%s is unreadable, and the error has the offset', (_, text, reason, offset) => {
  expect(read(text)).toEqual({
    kind: 'unreadable',
    reason: expect.stringContaining(reason),
    ...(offset === undefined ? {} : { offset }),
  });
});
