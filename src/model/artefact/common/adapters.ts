/** Handlers of ours in Python, in `templates/from-other-tools`: each calls what an artefact brings, and nothing else. */
export const adapterNames = ['sagemaker', 'mlflow', 'transformers'] as const;
export type AdapterName = (typeof adapterNames)[number];

export function adapterFile(name: AdapterName): string {
  return `mar_${name}_handler.py`;
}
