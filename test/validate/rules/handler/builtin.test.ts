import { readFileSync } from 'node:fs';
import { testRule, withOnnx } from '../../rule-cases.ts';

const channels = readFileSync(new URL('../../../fixtures/models/channel-means.onnx', import.meta.url));

testRule('handler/builtin', [
  {
    about: 'an image classifier over a model of rows',
    expected: 'error',
    ...withOnnx(),
    says: 'images need four',
  },
  {
    about: 'an output that is not there',
    expected: 'error',
    ...withOnnx(
      { 'model-config.yaml': 'postprocess: {name: logits}\n' },
      { configFile: 'model-config.yaml', handler: 'text_classifier' },
    ),
    says: 'logits',
  },
  {
    about: 'a detector without boxes',
    expected: 'error',
    ...withOnnx({ 'm.onnx': channels }, { handler: 'object_detector' }),
  },
  {
    about: 'an image classifier over a model of images',
    expected: 'none',
    ...withOnnx({ 'm.onnx': channels }),
  },
  {
    about: 'tensors of any shape',
    expected: 'none',
    ...withOnnx({}, { handler: 'base_handler' }),
  },
]);
