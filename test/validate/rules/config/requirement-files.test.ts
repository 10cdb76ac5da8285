import { manifestOf } from '../../../support/make-mar.ts';
import { requirements, soundHandler, testRule } from '../../rule-cases.ts';

const packed = (text: string, files: Record<string, string>) => ({
  files: { ...soundHandler, 'requirements.txt': text, ...files },
  manifest: manifestOf({ requirementsFile: 'requirements.txt' }),
});

testRule('config/requirement-files', [
  { about: 'an included file', expected: 'error', ...requirements('-r base.txt\n'), says: 'base.txt' },
  { about: 'constraints', expected: 'error', ...requirements('-c constraints.txt\na\n'), says: 'constraints.txt' },
  { about: 'a wheel', expected: 'error', ...requirements('./wheels/a-1-py3-none-any.whl\n'), says: 'wheels/a-1' },
  { about: 'a path outside', expected: 'error', ...requirements('-r ../base.txt\n'), says: '../base.txt' },
  { about: 'a project in place', expected: 'error', ...requirements('-e ./lib\n'), says: 'lib' },
  {
    about: 'an included file that includes what is not there',
    expected: 'error',
    ...packed('-r more/base.txt\n', { 'more/base.txt': '-r next.txt\n' }),
    says: 'more/next.txt',
  },
  {
    about: 'files that are all there',
    expected: 'none',
    ...packed('-r base.txt\n-c c.txt\nw/a-1-py3-none-any.whl\n-e lib\n', {
      'base.txt': '-r requirements.txt\nb\n',
      'c.txt': 'b==1\n',
      'w/a-1-py3-none-any.whl': 'x',
      'lib/setup.py': 'x = 1\n',
    }),
  },
]);
