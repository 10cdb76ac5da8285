/** The built-in handlers that run over ONNX, by TorchServe's names. Add one: its file, and a line here. */
import type { Handler } from '../sdk.ts';

export interface BuiltinHandler {
  /** One line for lists. */
  readonly summary: string;
  /** Loads lazily: a worker needs one of them. The types between the steps are the handler's own affair. */
  load(): Promise<Handler<unknown, unknown>>;
}

export const builtinHandlers: Readonly<Record<string, BuiltinHandler>> = {
  image_classifier: {
    summary: 'An image in, the most probable labels out.',
    load: async () => (await import('./image-classifier.ts')).createImageClassifier(),
  },
  base_handler: {
    summary: 'Tensors as JSON lists in, tensors as JSON lists out.',
    load: async () => (await import('./base-handler.ts')).createBaseHandler(),
  },
};
