import { manifestOf } from '../../../support/make-mar.ts';
import { module, testRule } from '../../rule-cases.ts';

testRule('compatibility/runtime-handler', [
  {
    about: 'JavaScript for Python',
    expected: 'error',
    files: { 'h.mjs': '' },
    manifest: manifestOf({ handler: 'h.mjs' }, 'python'),
  },
  {
    about: 'JavaScript for Node',
    expected: 'none',
    ...module('export default { handle() {} };'),
  },
]);
