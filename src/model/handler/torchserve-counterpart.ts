/** Built-in handlers of ours that a Python file of ours stands for in TorchServe, which cannot run ONNX by itself. */
export const twinNames = ['image_classifier'] as const;

export function twinFile(name: string): string {
  return `mar_onnx_${name}.py`;
}

/** The built-in that a member stands for in TorchServe. */
export function twinOf(member: string): string | undefined {
  return twinNames.find((name) => twinFile(name) === member);
}
