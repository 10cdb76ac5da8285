import { expect, test } from 'vitest';
import { z } from 'zod';
import { describeProblem } from '../../src/handlers/describe-problem.ts';

test('the first problem of a schema and its location, in one line', () => {
  const { error } = z.object({ a: z.array(z.number()) }).safeParse({ a: [1, 'x'] });
  expect(describeProblem(error)).toMatch(/^a\/1: .*number/);
  expect(describeProblem(z.number().safeParse('x').error)).toMatch(/^the document: /);
  expect(describeProblem(new Error('why\nmore'))).toBe('why');
});
