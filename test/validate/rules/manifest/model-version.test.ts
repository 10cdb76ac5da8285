import { manifestOf } from '../../../support/make-mar.ts';
import { testRule } from '../../rule-cases.ts';

testRule('manifest/model-version', [
  {
    about: 'a slash',
    expected: 'warning',
    manifest: manifestOf({ modelVersion: '1/0' }),
  },
  { about: 'no version', expected: 'info', manifest: manifestOf({ modelVersion: '' }) },
  {
    about: 'a version',
    expected: 'none',
    manifest: manifestOf({ modelVersion: '2.3.4-rc1+b7' }),
  },
]);
