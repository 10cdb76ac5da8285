/** Handlers that TorchServe has by name: no file is packed for them (contract 1.3). */
export const upstreamBuiltins = [
  'base_handler',
  'text_classifier',
  'image_classifier',
  'object_detector',
  'image_segmenter',
  'dali_image_classifier',
  'vllm_handler',
  'trt_llm_handler',
] as const;

export const upstreamBuiltinNames: ReadonlySet<string> = new Set(upstreamBuiltins);

/** Those that run over ONNX here, without Python, TorchServe's and our own; `handlers/builtin/index.ts` has one of each. */
export const onnxBuiltins = [
  'image_classifier',
  'object_detector',
  'image_segmenter',
  'text_classifier',
  'text_embedding',
  'tabular',
  'base_handler',
] as const;
export type OnnxBuiltin = (typeof onnxBuiltins)[number];

/** All of them: a handler of such a name needs no file. */
export const builtinNames: ReadonlySet<string> = new Set([...upstreamBuiltins, ...onnxBuiltins]);

export function isOnnxBuiltin(name: string): name is OnnxBuiltin {
  return onnxBuiltins.some((known) => known === name);
}
