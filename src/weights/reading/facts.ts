import { z } from 'zod';
import { namedFactsSchemas } from './named-facts.ts';
import { tensorFactsSchema } from './tensor-facts.ts';

export type * from './named-facts.ts';
export type { TensorFacts } from './tensor-facts.ts';

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

/** A global that a pickle names: on torch's weights_only list, harmless beside it, or neither. */
const globalFactsSchema = z.object({ name: z.string(), verdict: z.enum(['listed', 'harmless', 'unsafe']) });

const pickled = {
  /** Highest protocol seen; 0 and 1 do not say. */
  protocol: z.number().int(),
  globals: z.array(globalFactsSchema),
  /** Whether torch.load(weights_only=True) of torch 2.6 and later would load it. */
  loadsWithWeightsOnly: z.boolean(),
};

const torchTensorFactsSchema = tensorFactsSchema.extend({
  /** Elements from one index to the next, by axis. */
  stride: z.array(z.number().int()),
  /** Key of the storage; tensors with the same key share memory. */
  storage: z.string(),
  /** Elements from the start of the storage. */
  storageOffset: z.number().int().nonnegative(),
});

const torch = {
  ...common,
  ...pickled,
  tensors: z.array(torchTensorFactsSchema),
  storages: z.array(
    z.object({ key: z.string(), dtype: z.string(), elements: z.number().int().nonnegative(), location: z.string() }),
  ),
  byteOrder: z.enum(['little', 'big']),
};

export const torchZipFactsSchema = z.object({ format: z.literal('torch-zip'), ...torch });
export const torchLegacyFactsSchema = z.object({ format: z.literal('torch-legacy'), ...torch });
export const torchScriptFactsSchema = z.object({
  format: z.literal('torchscript'),
  ...torch,
  /** Members with TorchScript source: this code runs when the model is loaded and called. */
  code: z.array(z.string()),
});
export const pickleFactsSchema = z.object({
  format: z.literal('pickle'),
  /** Number of pickles in the file, one after the other. */
  pickles: z.number().int(),
  ...common,
  ...pickled,
  tensors: z.array(torchTensorFactsSchema),
});
/** Pickles that `joblib.load` reads and `pickle.load` does not: arrays between the opcodes, or a compressed stream. */
export const joblibFactsSchema = z.object({
  format: z.literal('joblib'),
  /** How the whole file is compressed. */
  compression: z.enum(['zlib', 'gzip', 'bzip2', 'xz', 'lzma', 'lz4', 'zfile']).optional(),
  /** Number of pickles in the file, one after the other. */
  pickles: z.number().int(),
  ...common,
  ...pickled,
});
/** `.npy` (one array) and `.npz` (a ZIP of them). An array of dtype `object` is a pickle. */
export const numpyFactsSchema = z.object({ format: z.enum(['npy', 'npz']), ...common, ...pickled });

export type OnnxFacts = z.infer<typeof onnxFactsSchema>;
export type GlobalFacts = z.infer<typeof globalFactsSchema>;
export type TorchTensorFacts = z.infer<typeof torchTensorFactsSchema>;
export type TorchZipFacts = z.infer<typeof torchZipFactsSchema>;
export type TorchLegacyFacts = z.infer<typeof torchLegacyFactsSchema>;
export type TorchScriptFacts = z.infer<typeof torchScriptFactsSchema>;
export type PickleFacts = z.infer<typeof pickleFactsSchema>;
export type JoblibFacts = z.infer<typeof joblibFactsSchema>;
export type NumpyFacts = z.infer<typeof numpyFactsSchema>;
export type SafetensorsFacts = z.infer<typeof safetensorsFactsSchema>;

/** What a weights file says of itself. A union on `format`: later readers add a member. */
export const weightsFactsSchema = z.discriminatedUnion('format', [
  onnxFactsSchema,
  safetensorsFactsSchema,
  torchZipFactsSchema,
  torchLegacyFactsSchema,
  torchScriptFactsSchema,
  pickleFactsSchema,
  joblibFactsSchema,
  numpyFactsSchema,
  ...namedFactsSchemas,
]);
export type WeightsFacts = z.infer<typeof weightsFactsSchema>;
