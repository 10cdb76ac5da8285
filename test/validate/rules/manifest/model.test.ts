import { testRule } from '../../rule-cases.ts';

testRule('manifest/model', [
  { about: 'no model', expected: 'error', manifest: { runtime: 'python' } },
  { about: 'a model', expected: 'none' },
]);
