import { config, testRule } from '../../rule-cases.ts';

testRule('config/readable', [
  { about: 'bad indentation', expected: 'error', ...config('a: 1\n b: 2\n') },
  { about: 'nothing', expected: 'error', ...config('# only a comment\n'), says: 'empty' },
  {
    about: 'a tag that builds an object',
    expected: 'error',
    ...config('a: !!python/object:os.system x\n'),
  },
  {
    about: 'an alias bomb',
    expected: 'error',
    ...config(
      `a: &a [x, x, x, x, x, x, x, x, x]\n${[...'bcdefghi'].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[at]}`).join(', ')}]`).join('\n')}\n`,
    ),
    says: 'alias',
  },
  { about: 'a list', expected: 'error', ...config('- a\n- b\n') },
  { about: 'a key twice', expected: 'error', ...config('a: 1\na: 2\n') },
  { about: 'aliases in measure', expected: 'none', ...config('a: &x {mean: 1}\nb: *x\n') },
]);
