import { expect, test } from 'vitest';
import { glob, isPattern } from '../../src/pack/glob.ts';
import { tempTree } from '../support/temp-tree.ts';

const tree = {
  'a.txt': '',
  'b.txt': '',
  '.hidden.txt': '',
  'a[1].txt': '',
  'a1.txt': '',
  'sub/c.txt': '',
  'sub/deep/d.txt': '',
  '-.txt': '',
};

test.each([
  ['*.txt', ['-.txt', 'a.txt', 'a1.txt', 'a[1].txt', 'b.txt']],
  ['?.txt', ['-.txt', 'a.txt', 'b.txt']],
  ['[ab].txt', ['a.txt', 'b.txt']],
  ['[!a].txt', ['-.txt', 'b.txt']],
  ['[a-c].txt', ['a.txt', 'b.txt']],
  ['a[[]1].txt', ['a[1].txt']],
  ['a[1].txt', ['a1.txt']],
  ['.*', ['.hidden.txt']],
  ['*/*.txt', ['sub/c.txt']],
  ['**/*.txt', ['sub/c.txt']],
  ['sub/*', ['sub/c.txt', 'sub/deep']],
  ['nothing*', []],
  ['*/nothing', []],
  ['*/', ['sub/']],
  ['sub/[a-d]*/', ['sub/deep/']],
  ['*.txt/', []],
])('glob %s finds the files that Python finds', async (pattern, expected) => {
  expect(await glob(pattern, await tempTree(tree))).toEqual(expected);
});

test('glob of an absolute pattern gives absolute paths', async () => {
  const root = await tempTree(tree);
  expect(await glob(`${root}/b.*`, '/')).toEqual([`${root}/b.txt`]);
});

test.each([
  ['a*', true],
  ['a?', true],
  ['a[1]', true],
  ['a[1', false],
  ['a]', false],
  ['a.txt', false],
])('isPattern of %s is %s', (piece, expected) => expect(isPattern(piece)).toBe(expected));
