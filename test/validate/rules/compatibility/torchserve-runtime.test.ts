import { module, testRule } from '../../rule-cases.ts';

testRule('compatibility/torchserve-runtime', [
  {
    about: 'nodejs',
    expected: 'info',
    ...module('export default { handle() {} };'),
  },
  { about: 'python', expected: 'none' },
]);
