import { config, testRule } from '../../rule-cases.ts';

testRule('config/labels', [
  {
    about: 'labels given as the configuration',
    expected: 'warning',
    ...config('"0": cat\n"1": dog\n'),
    says: 'index_to_name.json',
  },
  { about: 'settings', expected: 'none', ...config('batchSize: 2\n') },
]);
