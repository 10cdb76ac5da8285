import { expect, test } from 'vitest';
import { Malformed } from '../../../src/core/documents/malformed.ts';

test('the error has the contradiction and its offset', () => {
  const error = new Malformed('a key must be a string', 7);
  expect(error).toMatchObject({ name: 'Malformed', message: 'a key must be a string', offset: 7 });
});
