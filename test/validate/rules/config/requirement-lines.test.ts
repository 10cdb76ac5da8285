import { requirements, testRule } from '../../rule-cases.ts';

testRule('config/requirement-lines', [
  {
    about: 'one equals sign',
    expected: 'error',
    ...requirements('numpy==1.26\ntorch=2.1\n'),
    says: 'Line 2',
  },
  { about: 'two on a line', expected: 'error', ...requirements('numpy torch\n') },
  {
    about: 'two versions of one',
    expected: 'warning',
    ...requirements('Pillow==9.0\npillow>=10\n'),
    says: 'lines 1 and 2',
  },
  {
    about: 'a version without operator',
    expected: 'error',
    ...requirements('numpy 1.26\n'),
  },
  { about: 'a comment without a space', expected: 'error', ...requirements('a==4.40.0#nospace\n'), says: 'Line 1' },
  { about: 'an option of the command line', expected: 'error', ...requirements('--upgrade a\nb\n'), says: '--upgrade' },
  { about: 'a star behind >=', expected: 'error', ...requirements('a>=4.*\n'), says: '4.*' },
  {
    about: 'every form pip knows',
    expected: 'none',
    ...requirements(
      "a\nb==1.0\nc[x,y] >= 1, < 2  # why\nd~=1.4; python_version < '3.9'\nd==2; python_version >= '3.9'\n-r more.txt\n-e .\ne @ https://h.test/e.whl\n./f.whl\ng===1.0 \\\n  --hash=sha256:00\nh (>=1.0)\ni==2!1.0+cpu\nj>=1,\n",
    ),
  },
]);
