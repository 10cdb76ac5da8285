import { ToolError } from '../../core/errors.ts';
import type { Model, TensorSpec } from '../sdk.ts';

/** The output a configuration names, or the first. */
export function requireOutput({ outputs }: Model, name: string | undefined): TensorSpec {
  const found = name === undefined ? outputs[0] : outputs.find((output) => output.name === name);
  if (found !== undefined) return found;
  const names = outputs.map((output) => output.name).join(', ') || 'none';
  throw new ToolError('CONFIG_INVALID', {
    path: 'model-config.yaml',
    reason: `postprocess.name is ${name}; the model's outputs are ${names}`,
  });
}
