import { soundHandler, testRule } from '../../rule-cases.ts';

testRule('manifest/present', [
  { about: 'no manifest', expected: 'error', files: soundHandler, manifest: undefined },
  {
    about: 'a manifest in lower case',
    expected: 'error',
    files: { ...soundHandler, 'MAR-INF/manifest.json': '{}' },
    manifest: undefined,
    says: 'mar-inf/manifest.json'.replace('mar-inf', 'MAR-INF'),
  },
  { about: 'a manifest', expected: 'none' },
]);
