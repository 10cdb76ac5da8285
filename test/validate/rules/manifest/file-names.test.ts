import { manifestOf } from '../../../support/make-mar.ts';
import { testRule } from '../../rule-cases.ts';

testRule('manifest/file-names', [
  {
    about: 'a climbing path',
    expected: 'error',
    manifest: manifestOf({ configFile: '../../etc/passwd' }),
    says: '".."',
  },
  {
    about: 'a path in a folder',
    expected: 'none',
    manifest: manifestOf({ configFile: 'conf/a.yaml' }),
  },
]);
