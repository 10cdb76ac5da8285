import { expect, test } from 'vitest';
import {
  builtinNames,
  isOnnxBuiltin,
  onnxBuiltins,
  upstreamBuiltinNames,
} from '../../../src/model/handler/builtin-names.ts';

test('what runs here is a part of what TorchServe ships, and two handlers of our own', () => {
  expect(onnxBuiltins.filter((name) => !upstreamBuiltinNames.has(name))).toEqual(['text_embedding', 'tabular']);
  for (const name of [...onnxBuiltins, ...upstreamBuiltinNames])
    expect([name, builtinNames.has(name)]).toEqual([name, true]);
  expect([isOnnxBuiltin('image_classifier'), isOnnxBuiltin('vllm_handler'), isOnnxBuiltin('handler.py')]).toEqual([
    true,
    false,
    false,
  ]);
});
