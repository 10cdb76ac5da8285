import { builtin, testRule } from '../../rule-cases.ts';

testRule('weights/needed', [
  { about: 'a built-in handler without weights', expected: 'error', ...builtin({}) },
  { about: 'a handler of its own without weights', expected: 'none' },
]);
