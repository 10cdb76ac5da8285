import { expect, test } from 'vitest';
import { planTree } from '../../../src/archive/plan/plan-tree.ts';
import { readAll } from '../../../src/core/byte-source.ts';
import { planContents } from '../../support/plan-files.ts';

const tree = planTree('m.mar', planContents({ b: 'bb', a: 'a' }));

test('a plan lists its files in order, and opens them', async () => {
  expect((await tree.list()).map(({ path, size }) => [path, size])).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
  const source = await tree.open('b');
  expect([source.label, (await readAll(source, 10)).toString()]).toEqual(['b', 'bb']);
});

test('a file that is not planned does not exist in the tree', async () => {
  expect([await tree.has('a'), await tree.has('c')]).toEqual([true, false]);
  await expect(tree.open('c')).rejects.toMatchObject({ code: 'MEMBER_NOT_FOUND' });
});
