import { isOnnxName } from '../../../weights/onnx-name.ts';
import { defineRule } from '../../rule.ts';
import { atField, withModel } from '../../with-manifest.ts';

export const torchServeOnnx = defineRule({
  id: 'compatibility/torchserve-onnx',
  severity: 'warning',
  title: 'TorchServe can run the ONNX model',
  help: 'TorchServe loads an ONNX archive with a built-in handler and then answers 503 to every prediction: its handlers call the session as if it were a function. "mar serve" runs such an archive. For TorchServe, pack the Python handler of templates/onnx-in-torchserve, one of your own, or a TorchScript export.',
  check: withModel(async ({ serializedFile }, subject) => {
    const handler = await subject.handler();
    if (handler.kind !== 'builtin' || handler.twin !== undefined || !isOnnxName(serializedFile)) return [];
    const message = `TorchServe loads this archive and then fails every prediction: its ${handler.name} cannot call an ONNX model.`;
    return [
      {
        message,
        at: atField('/model/handler'),
        hint: 'Serve it with mar serve, or pack the Python handler of templates/onnx-in-torchserve.',
      },
    ];
  }),
});
