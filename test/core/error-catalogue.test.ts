import { expect, test } from 'vitest';
import { errorCatalogue, wordError } from '../../src/core/error-catalogue.ts';
import { servingErrors } from '../../src/core/serving-errors.ts';

test('a message has the values seen, and a hint has the next step', () => {
  expect(wordError('SOURCE_TRUNCATED', { label: 'm.pt', offset: 8, wanted: 4, found: 1 })).toEqual({
    message: 'm.pt ended early: 4 bytes expected at offset 8, 1 found.',
    hint: expect.stringContaining('write it again'),
  });
});

test('codes are in capitals, also those of the server', () => {
  for (const code of Object.keys(errorCatalogue)) expect(code).toMatch(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/);
  expect(Object.keys(errorCatalogue)).toEqual(expect.arrayContaining(Object.keys(servingErrors)));
});
