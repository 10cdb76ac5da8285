import { manifestOf } from '../../../support/make-mar.ts';
import { builtin, onnx, soundHandler, testRule, withOnnx } from '../../rule-cases.ts';

testRule('compatibility/torchserve-onnx', [
  {
    about: 'onnxruntime’s own form',
    expected: 'info',
    ...builtin({ serializedFile: 'm.ort' }, { 'm.ort': 'x' }),
  },
  {
    about: 'ONNX with a built-in handler',
    expected: 'info',
    ...withOnnx(),
    says: 'fails every prediction',
  },
  {
    about: 'ONNX with a built-in handler, made for TorchServe',
    expected: 'warning',
    target: 'torchserve',
    ...withOnnx(),
    says: 'fails every prediction',
  },
  {
    about: 'ONNX with a handler of its own',
    expected: 'none',
    files: { ...soundHandler, 'm.onnx': onnx },
    manifest: manifestOf({ serializedFile: 'm.onnx' }),
  },
]);
