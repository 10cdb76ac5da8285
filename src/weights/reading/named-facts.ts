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

const kerasConfig = {
  /** Sequential, Functional, or a class of the author's. */
  class: z.string().optional(),
  /** Of the model. */
  name: z.string().optional(),
  /** Class → number of layers, those of nested models included. */
  layers: z.record(z.string(), z.number().int()),
};

/** HDF5, which holds arrays of any program; Keras 1 and 2 kept whole models in it. */
export const hdf5FactsSchema = z.object({
  format: z.literal('hdf5'),
  /** Version of the superblock. */
  superblock: z.number().int(),
  /** Short texts at the root. */
  attributes: z.record(z.string(), z.string()),
  /** Where Keras wrote it. */
  keras: z.object({ version: z.string().optional(), backend: z.string().optional(), ...kerasConfig }).optional(),
  /** False where a group keeps its links in a form that is not read here; `parameters` is then absent. */
  complete: z.boolean(),
  ...named,
});

export type Hdf5Facts = z.infer<typeof hdf5FactsSchema>;
export type GgufFacts = z.infer<typeof ggufFactsSchema>;

/** TensorFlow Lite, also called LiteRT. */
export const tfliteFactsSchema = z.object({
  format: z.literal('tflite'),
  /** Of the schema. */
  version: z.number().int(),
  description: z.string(),
  /** Of the first graph. */
  inputs: z.array(tensorFactsSchema),
  outputs: z.array(tensorFactsSchema),
  subgraphs: z.number().int(),
  /** Operator → number of calls, over all graphs. */
  operators: z.record(z.string(), z.number().int()),
  /** Operators that the program around the model must bring. */
  customOperators: z.array(z.string()),
  /** Names of what is attached. */
  metadata: z.array(z.string()),
  ...named,
});

export const executorchFactsSchema = z.object({
  format: z.literal('executorch'),
  /** ET12: the version of the file. */
  identifier: z.string(),
  /** Of the program. */
  version: z.number().int(),
  methods: z.array(
    z.object({
      name: z.string(),
      inputs: z.array(tensorFactsSchema),
      outputs: z.array(tensorFactsSchema),
      operators: z.array(z.string()),
      /** Backends that parts of it are compiled for. */
      delegates: z.array(z.string()),
    }),
  ),
  ...named,
});

const signature = { inputs: z.array(tensorFactsSchema), outputs: z.array(tensorFactsSchema) };

/** `saved_model.pb` of TensorFlow; the weights are in `variables/` beside it. */
export const savedModelFactsSchema = z.object({
  format: z.literal('saved-model'),
  schema: z.number().int(),
  graphs: z.array(
    z.object({
      tags: z.array(z.string()),
      /** Of the TensorFlow that wrote it. */
      version: z.string(),
      signatures: z.array(z.object({ name: z.string(), ...signature })),
    }),
  ),
  /** Operator → number of nodes, those of functions included. */
  operators: z.record(z.string(), z.number().int()),
  ...named,
});

/** A GraphDef of TensorFlow by itself: a frozen graph. */
export const tensorflowGraphFactsSchema = z.object({
  format: z.literal('tensorflow-graph'),
  operators: z.record(z.string(), z.number().int()),
  ...named,
});

/** Apple's Core ML: `.mlmodel`, or the model inside an `.mlpackage`. */
export const coremlFactsSchema = z.object({
  format: z.literal('coreml'),
  specificationVersion: z.number().int(),
  /** mlProgram, neuralNetwork, treeEnsembleClassifier, … */
  type: z.string().optional(),
  description: z.string(),
  author: z.string(),
  license: z.string(),
  ...signature,
  ...named,
});

export type TfliteFacts = z.infer<typeof tfliteFactsSchema>;
export type ExecutorchFacts = z.infer<typeof executorchFactsSchema>;
export type SavedModelFacts = z.infer<typeof savedModelFactsSchema>;
export type TensorflowGraphFacts = z.infer<typeof tensorflowGraphFactsSchema>;
export type CoremlFacts = z.infer<typeof coremlFactsSchema>;

/** `.keras`, the archive of Keras 3. */
export const kerasFactsSchema = z.object({
  format: z.literal('keras'),
  version: z.string().optional(),
  savedAt: z.string().optional(),
  ...kerasConfig,
  ...named,
});

/** `.skops`, an estimator of scikit-learn without a pickle. */
export const skopsFactsSchema = z.object({
  format: z.literal('skops'),
  protocol: z.number(),
  /** Of skops. */
  version: z.string().optional(),
  class: z.string(),
  /** Every type the file names. */
  types: z.array(z.string()),
  ...named,
});

/** `.pt2`, a program of torch.export. */
export const torchExportFactsSchema = z.object({
  format: z.literal('torch-export'),
  archiveVersion: z.string().optional(),
  schema: z.object({ major: z.number(), minor: z.number() }).optional(),
  torch: z.string().optional(),
  models: z.array(z.string()),
  inputs: z.array(z.string()),
  outputs: z.array(z.string()),
  operators: z.record(z.string(), z.number().int()),
  /** Compiled code in it (AOTInductor). */
  libraries: z.array(z.string()),
  ...named,
});

/** `.nemo` of NVIDIA NeMo: a tar of a configuration and a torch checkpoint, whose tensors these are. */
export const nemoFactsSchema = z.object({
  format: z.literal('nemo'),
  /** Class of the model. */
  target: z.string().optional(),
  /** Of NeMo. */
  version: z.string().optional(),
  members: z.array(z.string()),
  ...named,
});

export type NemoFacts = z.infer<typeof nemoFactsSchema>;

/** OpenVINO's XML; the weights are in the `.bin` beside it. */
export const openvinoFactsSchema = z.object({
  format: z.literal('openvino'),
  irVersion: z.number(),
  name: z.string(),
  ...signature,
  /** Kind of layer → number. */
  operators: z.record(z.string(), z.number().int()),
  /** Bytes that the `.bin` must have. */
  weightsBytes: z.number().int().nonnegative(),
  ...named,
});

export const xgboostFactsSchema = z.object({
  format: z.literal('xgboost'),
  /** `binary` is the form of before 3.1, of which nothing more is read; neither is of a model over 64 MiB. */
  encoding: z.enum(['json', 'ubj', 'binary']),
  objective: z.string().optional(),
  booster: z.string().optional(),
  features: z.number().int().optional(),
  /** 0 for a model that does not classify, or into two. */
  classes: z.number().int().optional(),
  trees: z.number().int().optional(),
  featureNames: z.array(z.string()).optional(),
  ...named,
});

export const lightgbmFactsSchema = z.object({
  format: z.literal('lightgbm'),
  version: z.string(),
  objective: z.string(),
  classes: z.number().int(),
  treesPerIteration: z.number().int(),
  features: z.number().int().optional(),
  featureNames: z.array(z.string()),
  trees: z.number().int(),
  ...named,
});

export type OpenvinoFacts = z.infer<typeof openvinoFactsSchema>;
export type XgboostFacts = z.infer<typeof xgboostFactsSchema>;
export type LightgbmFacts = z.infer<typeof lightgbmFactsSchema>;
export type KerasFacts = z.infer<typeof kerasFactsSchema>;
export type SkopsFacts = z.infer<typeof skopsFactsSchema>;
export type TorchExportFacts = z.infer<typeof torchExportFactsSchema>;

export const namedFactsSchemas = [
  ggufFactsSchema,
  hdf5FactsSchema,
  tfliteFactsSchema,
  executorchFactsSchema,
  savedModelFactsSchema,
  tensorflowGraphFactsSchema,
  coremlFactsSchema,
  kerasFactsSchema,
  skopsFactsSchema,
  torchExportFactsSchema,
  openvinoFactsSchema,
  xgboostFactsSchema,
  lightgbmFactsSchema,
  nemoFactsSchema,
] as const;
