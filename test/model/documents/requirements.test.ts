import { expect, test } from 'vitest';
import { planTree } from '../../../src/archive/plan/plan-tree.ts';
import { parseRequirements, readRequirements } from '../../../src/model/documents/requirements.ts';
import { planContents } from '../../support/plan-files.ts';

test('names are normalised as PEP 503 says; options and URLs have none', () => {
  const text = 'Foo_Bar[extra]==1.2  # why\n\n-r more.txt\nhttps://x/y.whl\nbaz \\\n  >=2\n';
  expect(parseRequirements(text).map(({ line, name }) => [line, name])).toEqual([
    [1, 'foo-bar'],
    [3, undefined],
    [4, undefined],
    [5, 'baz'],
  ]);
});

test('an import is provided under the name of its package', async () => {
  const tree = planTree('m', planContents({ 'r.txt': 'opencv-python-headless\nPyYAML==6\n' }));
  const requirements = await readRequirements(tree, 'r.txt');
  expect(['cv2', 'yaml', 'numpy'].map((root) => requirements.mayProvide(root))).toEqual([true, true, false]);
});

test('a line that may bring anything leaves every import open; no file provides nothing', async () => {
  const tree = planTree('m', planContents({ 'r.txt': '-r more.txt\n' }));
  expect((await readRequirements(tree, 'r.txt')).mayProvide('numpy')).toBe(true);
  const none = await readRequirements(tree, 'gone.txt');
  expect([none.member, none.mayProvide('numpy')]).toEqual([undefined, false]);
});
