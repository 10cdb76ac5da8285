import { requirements, testRule } from '../../rule-cases.ts';

testRule('config/requirement-pins', [
  {
    about: 'an open version',
    expected: 'info',
    ...requirements('a==1\nb>=2\nc\n'),
    says: '2 of 3 packages',
  },
  { about: 'a version with a star', expected: 'info', ...requirements('a==1.*\n') },
  {
    about: 'one version each',
    expected: 'none',
    ...requirements("a==1.0\nb === 2; python_version > '3'\n-i https://h.test\n"),
  },
]);
