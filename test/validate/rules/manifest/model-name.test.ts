import { manifestOf } from '../../../support/make-mar.ts';
import { testRule } from '../../rule-cases.ts';

testRule('manifest/model-name', [
  { about: 'a slash', expected: 'error', manifest: manifestOf({ modelName: 'a/b' }) },
  {
    about: 'a final newline, which upstream lets through',
    expected: 'error',
    manifest: manifestOf({ modelName: 'a\n' }),
  },
  { about: 'no name', expected: 'error', manifest: manifestOf({ modelName: '' }) },
  {
    about: 'every allowed character',
    expected: 'none',
    manifest: manifestOf({ modelName: '1all.Model_x-1' }),
  },
]);
