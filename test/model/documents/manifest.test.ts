import { expect, test } from 'vitest';
import { createManifest, MODEL_NAME, manifestSchema } from '../../../src/model/documents/manifest.ts';

test('a new manifest has upstream’s key order, without absent values', () => {
  const model = { modelName: 'm', handler: 'h.py', modelVersion: '1.0', serializedFile: undefined };
  expect(JSON.stringify(createManifest({ createdOn: 'd', runtime: 'python', model }))).toBe(
    '{"createdOn":"d","runtime":"python","model":{"modelName":"m","handler":"h.py","modelVersion":"1.0"},"archiverVersion":"0.12.0"}',
  );
});

test.each([
  ['m', true],
  ['1.a_b-C', true],
  ['-m', false],
  ['m\n', false],
  ['a/b', false],
  ['', false],
])('%j is a valid model name: %s', (name, wanted) => {
  expect(MODEL_NAME.test(name)).toBe(wanted);
});

test('fields of later versions are kept, fields of a wrong type are refused', () => {
  expect(manifestSchema.parse({ later: 1 })).toEqual({ later: 1 });
  expect(manifestSchema.safeParse({ model: { modelName: 7 } }).success).toBe(false);
});
