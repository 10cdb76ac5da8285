import { manifestOf } from '../../../support/make-mar.ts';
import { testRule } from '../../rule-cases.ts';

testRule('manifest/shape', [
  {
    about: 'a number for a name',
    expected: 'error',
    manifest: { model: { modelName: 7 } },
    says: '/model/modelName',
  },
  { about: 'unknown fields', expected: 'none', manifest: { ...manifestOf({}), later: [1] } },
]);
