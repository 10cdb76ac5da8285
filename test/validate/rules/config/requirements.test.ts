import { requirements, testRule } from '../../rule-cases.ts';

testRule('config/requirements', [
  {
    about: 'a requirements file',
    expected: 'warning',
    ...requirements('numpy==1.26\n'),
    says: 'install_py_dep_per_model',
  },
  { about: 'none', expected: 'none' },
  { about: 'an empty list', expected: 'none', ...requirements('# nothing\n') },
  { about: 'options among packages', expected: 'warning', ...requirements('--pre\na\nb\n'), says: '2 packages' },
]);
