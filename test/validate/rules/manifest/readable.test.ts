import { soundHandler, testRule } from '../../rule-cases.ts';

testRule('manifest/readable', [
  {
    about: 'a key twice',
    expected: 'error',
    files: { ...soundHandler, 'MAR-INF/MANIFEST.json': '{"model":{"modelName":"a","modelName":"b"}}' },
    manifest: undefined,
    says: '"modelName" occurs twice',
  },
  { about: 'strict JSON', expected: 'none' },
]);
