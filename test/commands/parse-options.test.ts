import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseOptions } from '../../src/commands/parse-options.ts';

const schema = z.strictObject({ port: z.number().int(), tags: z.array(z.string()).default([]) });

test('options go through their schema', () => {
  expect(parseOptions(schema, { port: 1 }, 'serve')).toEqual({ port: 1, tags: [] });
});

test('the first problem has the value seen and the value expected', () => {
  const options = { port: 1, tags: ['a', 7] } as unknown as z.input<typeof schema>;
  expect(() => parseOptions(schema, options, 'serve')).toThrow(
    expect.objectContaining({
      code: 'INVALID_OPTION',
      message: 'tags.1: expected string, got 7.',
    }),
  );
});
