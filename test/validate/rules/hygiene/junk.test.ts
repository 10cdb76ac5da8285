import { manifestOf } from '../../../support/make-mar.ts';
import { soundHandler, testRule } from '../../rule-cases.ts';

testRule('hygiene/junk', [
  {
    about: 'a cache and a system file',
    expected: 'info',
    files: { ...soundHandler, '__pycache__/a.pyc': 'x', 'd/.DS_Store': 'y' },
    says: '2 members of 2 bytes',
  },
  { about: 'a hidden file with a use', expected: 'none', files: { ...soundHandler, '.hidden': '' } },
  {
    about: 'weights that are called like a leftover',
    expected: 'none',
    files: { ...soundHandler, 'weights.orig': 'x' },
    manifest: manifestOf({ serializedFile: 'weights.orig' }),
  },
]);
