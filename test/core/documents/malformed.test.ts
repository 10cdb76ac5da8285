import { expect, test } from 'vitest';
import { Malformed } from '../../../src/core/documents/malformed.ts';

test('it says what contradicts the format, and where', () => {
  const error = new Malformed('a key must be a string', 7);
  expect(error).toMatchObject({ name: 'Malformed', message: 'a key must be a string', offset: 7 });
});
