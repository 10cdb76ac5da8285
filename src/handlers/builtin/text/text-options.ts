/** What model-config.yaml may say about texts and their classes. */
import { z } from 'zod';

export const preprocessSchema = z
  .strictObject({
    /** Ids a text may have, with special tokens; the end of a longer one is left out. Default: the signature's, else tokenizer.json's, else no bound. */
    maxLength: z.number().int().min(1).optional(),
  })
  .default({});

export const postprocessSchema = z
  .strictObject({
    /** `logits`: softmax. `probabilities`: as they are. `independent`: each score has a sigmoid of its own (several classes may be true). Default: as the model ends. */
    output: z.enum(['logits', 'probabilities', 'independent']).optional(),
    /** Name of the output to read. Default: the first. */
    name: z.string().optional(),
  })
  .prefault({});

export type Scoring = NonNullable<z.infer<typeof postprocessSchema>['output']>;
