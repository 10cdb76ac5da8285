/** The built-in handlers that run over ONNX: TorchServe's names, and our own. Add one: its file, and a line here. */
import type { OnnxBuiltin } from '../../model/handler/builtin-names.ts';
import type { Handler } from '../sdk.ts';
import type { LoadFacts } from './common/require-model.ts';

export interface BuiltinHandler {
  /** One line for lists. */
  readonly summary: string;
  /** Loaded lazily: a worker needs one of them. Each handler has its own types between its steps. */
  load(): Promise<Handler<unknown, unknown>>;
  /** Throws the errors of loading that the model's signature and model-config.yaml decide. */
  check(facts: LoadFacts): Promise<unknown>;
  /** What it takes the model for, where that is not plain from the signature; throws as `check` does. */
  describe?(facts: LoadFacts): Promise<string>;
}

export const builtinHandlers: Readonly<Record<OnnxBuiltin, BuiltinHandler>> = {
  image_classifier: {
    summary: 'An image in, the most probable labels out.',
    load: async () => (await import('./image/image-classifier.ts')).createImageClassifier(),
    check: async (facts) => (await import('./image/image-classifier.ts')).planClassifier(facts),
  },
  object_detector: {
    summary: 'An image in, labelled boxes out.',
    load: async () => (await import('./detect/object-detector.ts')).createObjectDetector(),
    check: async (facts) => (await import('./detect/plan-detector.ts')).planDetector(facts),
    describe: async (facts) => (await import('./detect/plan-detector.ts')).describeFamily(facts),
  },
  image_segmenter: {
    summary: 'An image in, a class for each pixel out.',
    load: async () => (await import('./image/image-segmenter.ts')).createImageSegmenter(),
    check: async (facts) => (await import('./image/image-segmenter.ts')).planSegmenter(facts),
  },
  text_classifier: {
    summary: 'A text in, the probability of every class out.',
    load: async () => (await import('./text/text-classifier.ts')).createTextClassifier(),
    check: async (facts) => (await import('./text/text-classifier.ts')).planTextClassifier(facts),
  },
  text_embedding: {
    summary: 'A text in, its vector out.',
    load: async () => (await import('./text/text-embedding.ts')).createTextEmbedding(),
    check: async (facts) => (await import('./text/text-embedding.ts')).planTextEmbedding(facts),
  },
  tabular: {
    summary: 'Records of named columns in, labels, probabilities or numbers out.',
    load: async () => (await import('./table/tabular.ts')).createTabular(),
    check: async (facts) => (await import('./table/tabular.ts')).planTabular(facts),
    describe: async (facts) => (await import('./table/tabular.ts')).describeColumns(facts),
  },
  base_handler: {
    summary: 'Tensors in, tensors out: JSON lists, numpy files or KServe v2 JSON.',
    load: async () => (await import('./tensor/tensor-handler.ts')).createTensorHandler(),
    check: async (facts) => (await import('./common/require-model.ts')).requireModel(facts),
  },
};
