import { judgeTorchServe } from '../../../model/runs.ts';
import { defineRule } from '../../rule.ts';
import { atField } from '../../with-manifest.ts';

export const torchServeOnnx = defineRule({
  id: 'compatibility/torchserve-onnx',
  severity: 'info',
  title: 'TorchServe can run the ONNX model',
  help: 'TorchServe loads an ONNX archive with a built-in handler and then answers 503 to every prediction: its handlers call the session as if it were a function. "mar serve" runs such an archive. For TorchServe, pack the Python handler of templates/onnx-in-torchserve, one of your own, or a TorchScript export. An archive that is made for TorchServe (--target torchserve or both) is warned of.',
  async check(subject) {
    const { obstacle, why } = await judgeTorchServe(subject);
    if (obstacle !== 'onnx-in-torchserve') return [];
    const hint = 'Serve it with mar serve, or pack the Python handler of templates/onnx-in-torchserve.';
    const severity = subject.target === 'mar' ? 'info' : 'warning';
    return [{ severity, message: `TorchServe cannot run this archive. ${why}`, at: atField('/model/handler'), hint }];
  },
});
