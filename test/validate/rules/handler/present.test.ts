import { manifestOf } from '../../../support/make-mar.ts';
import { testRule } from '../../rule-cases.ts';

testRule('handler/present', [
  {
    about: 'a misspelt built-in',
    expected: 'error',
    manifest: manifestOf({ handler: 'image_clasifier' }),
    says: 'image_classifier',
  },
  {
    about: 'TypeScript that was not bundled',
    expected: 'error',
    files: { 'h.ts': '' },
    manifest: manifestOf({ handler: 'h.ts' }, 'nodejs'),
    says: 'bundled',
  },
  {
    about: 'the form without .py',
    expected: 'none',
    manifest: manifestOf({ handler: 'handler:handle' }),
  },
]);
