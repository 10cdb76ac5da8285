import { manifestOf } from '../../../support/make-mar.ts';
import { testRule } from '../../rule-cases.ts';

testRule('manifest/handler', [
  { about: 'no handler', expected: 'error', manifest: manifestOf({ handler: '' }) },
  { about: 'a handler', expected: 'none' },
]);
