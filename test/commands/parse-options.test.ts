import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseOptions } from '../../src/commands/parse-options.ts';
import { sizeSchema } from '../../src/commands/size-option.ts';

const schema = z.strictObject({ port: z.number().int(), tags: z.array(z.string()).default([]) });

test('options are parsed by their schema', () => {
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

test.each([
  [{ port: 0 }, 'port: expected number to be >=1, got 0.'],
  [{ port: 1, path: '' }, 'path: expected a value that is not empty, got "".'],
  [{ port: 1, size: 'x' }, 'size: expected a size such as 500MB or 2GiB, got "x".'],
])('the error for %j says what is expected', (options, message) => {
  const bounded = z.strictObject({
    port: z.number().int().min(1),
    path: z.string().min(1).optional(),
    size: sizeSchema.optional(),
  });
  expect(() => parseOptions(bounded, options, 'serve')).toThrow(expect.objectContaining({ message }));
});
