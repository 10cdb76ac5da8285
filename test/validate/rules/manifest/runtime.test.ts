import { manifestOf } from '../../../support/make-mar.ts';
import { testRule } from '../../rule-cases.ts';

testRule('manifest/runtime', [
  {
    about: 'perl',
    expected: 'error',
    manifest: manifestOf({}, 'perl'),
    says: 'python, python3, LSP, nodejs',
  },
  { about: 'python3', expected: 'none', manifest: manifestOf({}, 'python3') },
]);
