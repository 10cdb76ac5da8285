import { module, testRule } from '../../rule-cases.ts';

testRule('handler/module-syntax', [
  {
    about: 'an unfinished expression',
    expected: 'error',
    ...module('export default {\n  handle() { return = 1 }\n};'),
    says: 'line 2',
  },
  {
    about: 'syntax only the second parser knows',
    expected: 'none',
    ...module('export default class {}\nexport const handler = { handle() {} };'),
  },
]);
