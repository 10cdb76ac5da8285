export { upstreamBuiltins } from '../core/pack/builtin-names.ts';

/** Who runs the manifest's handler, decided from manifest and content, never by loading code. */
export type HandlerReference =
  | { readonly kind: 'none' }
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'module'; readonly member: string; readonly entryPoint: string | undefined }
  | { readonly kind: 'python'; readonly member: string; readonly entryPoint: string | undefined }
  | { readonly kind: 'cpp'; readonly name: string }
  /** Named but not in the archive. */
  | { readonly kind: 'missing'; readonly text: string };
