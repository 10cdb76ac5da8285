import { z } from 'zod';

/** Parses a property that holds JSON; `expected` is the error for text that is none. */
export function jsonText<T extends z.ZodType>(schema: T, expected: string) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: `expected ${expected}` });
        return z.NEVER;
      }
    })
    .pipe(schema);
}
