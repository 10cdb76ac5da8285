import { z } from 'zod';

/** The value of a property that is JSON, as what `schema` says of it; `expected` is said of text that is no JSON. */
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
