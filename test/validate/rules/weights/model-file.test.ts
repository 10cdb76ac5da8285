import { builtin, testRule, withOnnx } from '../../rule-cases.ts';

testRule('weights/model-file', [
  {
    about: 'a state dict without its class',
    expected: 'error',
    ...builtin({ serializedFile: 'm.pth' }, { 'm.pth': 'x' }),
  },
  { about: 'ONNX by itself', expected: 'none', ...withOnnx() },
  {
    about: 'onnxruntime’s own form by itself',
    expected: 'none',
    ...builtin({ serializedFile: 'm.ort' }, { 'm.ort': 'x' }),
  },
]);
