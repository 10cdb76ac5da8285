/** Handlers that TorchServe ships by name: nothing is copied for them (contract 1.3). */
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
