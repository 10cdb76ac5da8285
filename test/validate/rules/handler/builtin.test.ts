import { readFileSync } from 'node:fs';
import { testRule, withOnnx } from '../../rule-cases.ts';

const channels = readFileSync(new URL('../../../fixtures/models/channel-means.onnx', import.meta.url));
const tokens = readFileSync(new URL('../../../fixtures/embedding/token-vectors.onnx', import.meta.url));

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
    about: 'vectors of a model that takes no tokens',
    expected: 'error',
    ...withOnnx({}, { handler: 'text_embedding' }),
    says: 'ids are int64 or int32',
  },
  {
    about: 'vectors of a model of tokens',
    expected: 'none',
    ...withOnnx({ 'm.onnx': tokens }, { handler: 'text_embedding' }),
  },
  {
    about: 'a table over a model of images',
    expected: 'error',
    ...withOnnx({ 'm.onnx': channels }, { handler: 'tabular' }),
    says: 'one input a column, or of one matrix',
  },
  {
    about: 'a table over a model of rows',
    expected: 'none',
    ...withOnnx({}, { handler: 'tabular' }),
  },
  {
    about: 'tensors of any shape',
    expected: 'none',
    ...withOnnx({}, { handler: 'base_handler' }),
  },
]);
