import { readFileSync } from 'node:fs';
import { manifestOf } from '../../../support/make-mar.ts';
import { testRule, withOnnx } from '../../rule-cases.ts';

testRule('weights/label-count', [
  {
    about: 'two labels for three classes',
    expected: 'warning',
    ...withOnnx({ 'index_to_name.json': '{"0":"a","1":"b"}' }),
    says: 'class 2 has no name',
  },
  {
    about: 'a label for each',
    expected: 'none',
    ...withOnnx({ 'index_to_name.json': '{"0":"a","1":"b","2":"c"}' }),
  },
  {
    about: 'two labels for the boxes of a detector',
    expected: 'none',
    files: {
      'boxes.onnx': readFileSync(new URL('../../../fixtures/models/three-boxes.onnx', import.meta.url)),
      'index_to_name.json': '{"0":"a","1":"b"}',
    },
    manifest: manifestOf({ handler: 'object_detector', serializedFile: 'boxes.onnx' }),
  },
]);
