/** Names that TorchScript's own writer uses for typed lists; its interpreter builds the lists and imports nothing. */
const SCRIPT_BUILDERS = new Set(
  ['build_intlist', 'build_doublelist', 'build_boollist', 'build_tensorlist', 'restore_type_tag'].map(
    (name) => `torch.jit._pickle.${name}`,
  ),
);

/** Classes that the archive's own code defines: names inside TorchScript's interpreter, not Python modules. */
export function isScriptClass(path: string): boolean {
  return path.startsWith('__torch__.') || SCRIPT_BUILDERS.has(path);
}
