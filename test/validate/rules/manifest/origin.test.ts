import { testRule } from '../../rule-cases.ts';

testRule('manifest/origin', [
  {
    about: 'neither date nor version',
    expected: 'info',
    manifest: { model: { modelName: 'm' } },
  },
  { about: 'both', expected: 'none' },
]);
