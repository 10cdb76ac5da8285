import { expect, test } from 'vitest';
import { looksLikePickle, nestedBytes } from '../../../src/weights/pickle/nested.ts';
import { op, payload, pickle } from '../pickle-bytes.ts';

const inner = pickle(op.proto(2), payload);

test.each([
  ['Latin-1 text', inner.toString('latin1')],
  ['hex', inner.toString('hex')],
  ['base64', inner.toString('base64')],
])('a pickle written as %s is found', (_, text) => {
  expect(looksLikePickle(text)).toBe(true);
  expect(Buffer.from(nestedBytes(text) ?? []).equals(inner)).toBe(true);
});

test.each(['a plain text', '80', inner.toString('hex').slice(0, -2), inner.toString('base64').slice(4)])(
  '%j is not recognised',
  (text) => {
    expect(nestedBytes(text)).toBeUndefined();
  },
);
