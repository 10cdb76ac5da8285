import { findWeightsGap } from '../../../model/runs.ts';
import { defineRule } from '../../rule.ts';

export const weightsModelFile = defineRule({
  id: 'weights/model-file',
  severity: 'error',
  title: 'A state dict comes with its model class',
  help: 'A built-in handler loads .pt as TorchScript and .onnx as ONNX by itself. Anything else, a .pth say, holds only tensors: TorchServe answers "No model weights could be loaded" without the Python file that defines the network (--model-file).',
  async check(subject) {
    const gap = await findWeightsGap(subject);
    return gap?.obstacle === 'no-model-class' ? [{ message: gap.why, at: gap.at, hint: gap.hint }] : [];
  },
});
