import type { z } from 'zod';
import { ToolError } from '../core/errors.ts';

/** Parses options; the first problem becomes INVALID_OPTION with the value seen and the value expected. */
export function parseOptions<S extends z.ZodType>(schema: S, options: z.input<S>, command: string): z.output<S> {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = issue?.path.join('.') ?? command;
  const found = JSON.stringify(issue?.path.reduce<unknown>((value, part) => Reflect.get(Object(value), part), options));
  throw new ToolError('INVALID_OPTION', {
    option: key,
    found: found ?? 'nothing',
    expected: issue === undefined ? 'another value' : describeExpected(issue),
  });
}

function describeExpected(issue: z.core.$ZodIssue): string {
  // From an unset shell variable.
  if (issue.code === 'too_small' && issue.origin === 'string' && issue.minimum === 1)
    return 'a value that is not empty';
  return issue.message.replace(/^(?:Invalid (?:input|option)|Too (?:small|big)): expected |, received .*$/g, '');
}
