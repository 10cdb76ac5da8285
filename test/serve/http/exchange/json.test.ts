import { expect, test } from 'vitest';
import { toJson } from '../../../../src/serve/http/exchange/json.ts';

test('JSON is formatted as by TorchServe: two spaces, absent values omitted, one newline', () => {
  expect(toJson({ a: 1, b: undefined }).toString()).toBe('{\n  "a": 1\n}\n');
});
