import { requirements, testRule } from '../../rule-cases.ts';

testRule('config/requirement-sources', [
  {
    about: 'a second index',
    expected: 'warning',
    ...requirements('numpy\n--extra-index-url https://example.org/simple\n'),
  },
  {
    about: 'a repository',
    expected: 'warning',
    ...requirements('x @ git+https://example.org/x.git\n'),
  },
  {
    about: 'released packages',
    expected: 'none',
    ...requirements('numpy==1.26 # pinned\nscikit-learn>=1\n'),
  },
]);
