import { expect, test } from 'vitest';
import { findNameProblem } from '../../src/weights/extension.ts';

test.each([
  ['m.onnx', 'safetensors', 'has the extension .onnx, but its content is safetensors'],
  ['M.PT', 'onnx', 'has the extension .pt'],
  ['m.npy', 'pickle', 'has the extension .npy'],
])('%s with a content of %s is reported', (name, detected, words) => {
  expect(findNameProblem(name, detected)?.message).toContain(words);
});

test.each([
  ['m.onnx', 'onnx'],
  ['m.pth', 'torch-legacy'],
  ['m.pkl', 'torch-zip'],
  ['m.bin', 'safetensors'],
  ['m.onnx', undefined],
])('%s with a content of %s is accepted', (name, detected) => {
  expect(findNameProblem(name, detected)).toBeUndefined();
});
