/** Built-in handlers that have a Python counterpart for TorchServe, which cannot run ONNX by itself. */
export const counterpartNames = ['image_classifier'] as const;

export function counterpartFile(name: string): string {
  return `mar_onnx_${name}.py`;
}

/** The built-in handler that a member is the counterpart of. */
export function counterpartOf(member: string): string | undefined {
  return counterpartNames.find((name) => counterpartFile(name) === member);
}
