import { config, configured, testRule } from '../../rule-cases.ts';

testRule('config/unknown', [
  {
    about: 'a misspelt key',
    expected: 'warning',
    ...config('batchsize: 4\n'),
    says: 'batchSize',
  },
  {
    about: 'a misspelt section of a built-in handler',
    expected: 'warning',
    ...configured('preproces:\n  mode: L\n'),
    says: 'Did you mean preprocess?',
  },
  { about: 'a key for the handler', expected: 'none', ...config('preprocess:\n  mean: 1\n') },
]);
