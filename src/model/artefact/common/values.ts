/** Shapes of values in documents of other tools: what has another type than the tool writes is as if it were not there. */
import { z } from 'zod';
import { cut } from './files.ts';

/** Elements of a list that are looked at. */
const MOST_ELEMENTS = 1000;

const plain = z.string().transform(cut);

export const text = plain
  .refine((value) => value !== '')
  .optional()
  .catch(undefined);

export const texts = z
  .array(z.unknown())
  .transform((list) =>
    list
      .slice(0, MOST_ELEMENTS)
      .filter((value) => typeof value === 'string')
      .map(cut),
  )
  .catch([]);

export const numbers = z.array(z.number()).max(16).optional().catch(undefined);
export const number = z.number().optional().catch(undefined);
export const flag = z.boolean().optional().catch(undefined);

/** An object's own keys, each value as it is. */
export const record = z.record(z.string(), z.unknown()).catch({});

/** A list of objects, those that are none left out. */
export function listOf<T extends z.ZodType>(schema: T) {
  return z
    .array(z.unknown())
    .transform((list) =>
      list.slice(0, MOST_ELEMENTS).flatMap((value): z.output<T>[] => {
        const { success, data } = schema.safeParse(value);
        return success ? [data] : [];
      }),
    )
    .catch([]);
}

/** A document as its shape; undefined when it is not even of that kind. */
export function parseAs<T extends z.ZodType>(schema: T, value: unknown): z.output<T> | undefined {
  return schema.safeParse(value).data;
}
