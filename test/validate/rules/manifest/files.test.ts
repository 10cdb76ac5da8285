import { manifestOf } from '../../../support/make-mar.ts';
import { testRule, withOnnx } from '../../rule-cases.ts';

testRule('manifest/files', [
  {
    about: 'weights that are not there',
    expected: 'error',
    manifest: manifestOf({ serializedFile: 'gone.onnx' }),
    says: 'gone.onnx',
  },
  { about: 'weights that are there', expected: 'none', ...withOnnx() },
]);
