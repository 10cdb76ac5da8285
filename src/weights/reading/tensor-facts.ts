import { z } from 'zod';

/** One tensor, weight or signature entry. A dimension is a number, a symbol ("batch") or null when the file does not say. */
export const tensorFactsSchema = z.object({
  name: z.string(),
  /** numpy-style name: float32, int64, uint8, bool, string, float16, bfloat16, … */
  dtype: z.string(),
  shape: z.array(z.union([z.number().int().nonnegative(), z.string(), z.null()])),
  /** The file does not even say how many dimensions there are; `shape` is then empty. */
  unranked: z.literal(true).optional(),
  /** Bytes of the data, where the format says. */
  bytes: z.number().int().nonnegative().optional(),
});

export type TensorFacts = z.infer<typeof tensorFactsSchema>;
