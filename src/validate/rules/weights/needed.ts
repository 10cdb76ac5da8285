import { findWeightsGap } from '../../../model/runs.ts';
import { defineRule } from '../../rule.ts';

export const weightsNeeded = defineRule({
  id: 'weights/needed',
  severity: 'error',
  title: 'A built-in handler has weights to run',
  help: 'The built-in handlers of a server load the file named by serializedFile: an ONNX model, a TorchScript module (.pt), or a state dict together with the model file that defines its class. Without one the worker fails when it loads.',
  async check(subject) {
    const gap = await findWeightsGap(subject);
    return gap?.obstacle === 'no-weights' ? [{ message: gap.why, at: gap.at, hint: gap.hint }] : [];
  },
});
