import { z } from 'zod';
import { tensorFactsSchema } from './tensor-facts.ts';

/** What is known of files that no server here runs by itself: an author's own handler does. */
const named = {
  /** Stored tensors, as far as the file lists them. */
  tensors: z.array(tensorFactsSchema),
  /** Number of stored scalar parameters; absent where the file does not say. */
  parameters: z.number().int().nonnegative().optional(),
};

/** llama.cpp's format. */
export const ggufFactsSchema = z.object({
  format: z.literal('gguf'),
  version: z.number().int(),
  byteOrder: z.enum(['little', 'big']),
  /** `general.architecture`: llama, qwen2, bert, … */
  architecture: z.string().optional(),
  /** Of a long text or a list only type and length. */
  metadata: z.record(
    z.string(),
    z.union([
      z.string(),
      z.number(),
      z.boolean(),
      z.object({ type: z.string(), length: z.number().int().nonnegative() }),
    ]),
  ),
  ...named,
});

export type GgufFacts = z.infer<typeof ggufFactsSchema>;
