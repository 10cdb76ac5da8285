import { expect, test } from 'vitest';
import { isOnnxBuiltin, onnxBuiltins, upstreamBuiltinNames } from '../../../src/model/handler/builtin-names.ts';

test('the names that run here are a subset of those of TorchServe', () => {
  for (const name of onnxBuiltins) expect([name, upstreamBuiltinNames.has(name)]).toEqual([name, true]);
  expect([isOnnxBuiltin('image_classifier'), isOnnxBuiltin('vllm_handler'), isOnnxBuiltin('handler.py')]).toEqual([
    true,
    false,
    false,
  ]);
});
