import { expect, test } from 'vitest';
import { z } from 'zod';
import { jsonText } from '../../../src/serve/config/json-text.ts';

test('text is parsed as JSON and checked by the schema', () => {
  const schema = jsonText(z.object({ a: z.number() }), 'an object in JSON');
  expect(schema.parse('{"a":1}')).toEqual({ a: 1 });
  expect(schema.safeParse('{').error?.issues[0]?.message).toBe('expected an object in JSON');
  expect(schema.safeParse('{"a":"x"}').success).toBe(false);
});
