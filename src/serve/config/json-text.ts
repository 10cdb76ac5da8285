import { z } from 'zod';

/** Parses a property with JSON; `expected` is the error for other text. */
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
