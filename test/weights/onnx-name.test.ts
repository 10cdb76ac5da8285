import { expect, test } from 'vitest';
import { isOnnxName } from '../../src/weights/onnx-name.ts';

test.each(['model.onnx', 'MODEL.ONNX', 'a/b.ort'])('%s is a name that onnxruntime runs', (name) => {
  expect(isOnnxName(name)).toBe(true);
});

test.each(['model.onnx.data', 'onnx', 'model.pt', '', undefined])('%s is not', (name) => {
  expect(isOnnxName(name)).toBe(false);
});
