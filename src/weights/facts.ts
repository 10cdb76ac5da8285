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

const common = {
  /** Stored tensors (initializers, checkpoint entries), in file order. */
  tensors: z.array(tensorFactsSchema),
  /** Number of stored scalar parameters. */
  parameters: z.number().int().nonnegative(),
};

export const onnxFactsSchema = z.object({
  format: z.literal('onnx'),
  irVersion: z.number().int(),
  opsets: z.array(z.object({ domain: z.string(), version: z.number().int() })),
  producer: z.string(),
  metadata: z.record(z.string(), z.string()),
  inputs: z.array(tensorFactsSchema),
  outputs: z.array(tensorFactsSchema),
  ...common,
  /** Operator type (with `domain::` when it is not the default one) → number of nodes, subgraphs and functions included. */
  operators: z.record(z.string(), z.number().int()),
  /** Operator domains beyond ai.onnx, ai.onnx.ml and com.microsoft: they need a native library. */
  customDomains: z.array(z.string()),
  /** Functions the model defines itself, named as operators are. */
  functions: z.array(z.string()),
  /** Files that hold tensor data outside the model, as referenced; `end` is the last byte needed, exclusive. */
  externalData: z.array(z.object({ location: z.string(), end: z.number().int().nonnegative() })),
});

export const safetensorsFactsSchema = z.object({
  format: z.literal('safetensors'),
  metadata: z.record(z.string(), z.string()),
  ...common,
  /** In the order of their bytes; `offset` is from the start of the file. */
  tensors: z.array(tensorFactsSchema.extend({ offset: z.number().int().nonnegative() })),
});

export type TensorFacts = z.infer<typeof tensorFactsSchema>;
export type OnnxFacts = z.infer<typeof onnxFactsSchema>;
export type SafetensorsFacts = z.infer<typeof safetensorsFactsSchema>;

/** What a weights file says of itself. A union on `format`: later readers add a member. */
export const weightsFactsSchema = z.discriminatedUnion('format', [onnxFactsSchema, safetensorsFactsSchema]);
export type WeightsFacts = z.infer<typeof weightsFactsSchema>;
