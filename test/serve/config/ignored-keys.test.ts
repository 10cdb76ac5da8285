import { expect, test } from 'vitest';
import { ignoredKeys } from '../../../src/serve/config/ignored-keys.ts';

test('a key without effect has a reason', () => {
  expect(ignoredKeys.get('vmargs')).toBe('there is no Java');
  expect(ignoredKeys.has('inference_address')).toBe(false);
});
