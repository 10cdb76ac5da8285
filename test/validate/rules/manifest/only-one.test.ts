import { soundHandler, testRule } from '../../rule-cases.ts';

testRule('manifest/only-one', [
  {
    about: 'a manifest in a packed archive',
    expected: 'warning',
    files: { ...soundHandler, 'inner/MAR-INF/MANIFEST.json': '{}' },
  },
  {
    about: 'a MANIFEST.json elsewhere',
    expected: 'none',
    files: { ...soundHandler, 'data/MANIFEST.json': '{}' },
  },
]);
