/** Handlers TorchServe ships by name (contract 1.3); those of ours that run over ONNX are marked in `builtin/index.ts`. */
export const upstreamBuiltins = [
  'base_handler', 'text_classifier', 'image_classifier', 'object_detector', 'image_segmenter',
  'dali_image_classifier', 'vllm_handler', 'trt_llm_handler',
] as const;

/** Who runs the manifest's handler, decided from manifest and content, never by loading code. */
export type HandlerReference =
  | { readonly kind: 'none' }
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'module'; readonly member: string; readonly entryPoint: string | undefined }
  | { readonly kind: 'python'; readonly member: string; readonly entryPoint: string | undefined }
  | { readonly kind: 'cpp'; readonly name: string }
  /** Named but not in the archive. */
  | { readonly kind: 'missing'; readonly text: string };
