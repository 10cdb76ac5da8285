import { expect, test } from 'vitest';
import { readIgnoreRules } from '../../src/pack/ignore-rules.ts';
import { collectMappedFiles, parseMapping } from '../../src/pack/mapped-files.ts';
import { tempTree } from '../support/temp-tree.ts';

async function collect(texts: string[], files: Record<string, string>, patterns: string[] = []) {
  const root = await tempTree(files);
  const inputs = await collectMappedFiles(texts.map(parseMapping), root, await readIgnoreRules(root, patterns));
  return inputs.map(({ destination, origin }) => `${origin} → ${destination}`);
}

const assets = { 'assets/a.txt': '', 'assets/deep/b.txt': '', 'labels.json': '' };

test.each([
  [['assets'], ['assets/a.txt → assets/a.txt', 'assets/deep/b.txt → assets/deep/b.txt']],
  [['assets=data'], ['assets/a.txt → data/a.txt', 'assets/deep/b.txt → data/deep/b.txt']],
  [['assets=.'], ['assets/a.txt → a.txt', 'assets/deep/b.txt → deep/b.txt']],
  [['labels.json'], ['labels.json → labels.json']],
  [['assets/a.txt'], ['assets/a.txt → a.txt']],
  [['labels.json=index_to_name.json'], ['labels.json → index_to_name.json']],
  [['labels.json=meta/'], ['labels.json → meta/labels.json']],
])('collectMappedFiles of %j keeps folders as folders and follows src=dest', async (texts, expected) => {
  expect(await collect(texts, assets)).toEqual(expected);
});

test(".marignore omits files of a folder, with git's rules", async () => {
  const files = {
    'd/a.log': '',
    'd/keep.log': '',
    'd/build/x': '',
    'd/b.txt': '',
    '.marignore': '*.log\n!keep.log\nbuild/\n',
  };
  expect(await collect(['d'], files)).toEqual(['d/b.txt → d/b.txt', 'd/keep.log → d/keep.log']);
});

test('version control, caches and installed packages of a folder are never packed', async () => {
  const files = {
    'd/.git/config': '',
    'd/node_modules/x/i.js': '',
    'd/__pycache__/a.pyc': '',
    'd/.DS_Store': '',
    'd/.env.example': '',
    'd/a': '',
  };
  expect(await collect(['d'], files)).toEqual(['d/.env.example → d/.env.example', 'd/a → d/a']);
});

test('a file named explicitly is packed even if a rule ignores it', async () => {
  expect(await collect(['a.log'], { 'a.log': '', '.marignore': '*.log' })).toEqual(['a.log → a.log']);
});

test('patterns of the config file apply after .marignore', async () => {
  expect(await collect(['d'], { 'd/a': '', 'd/b': '' }, ['b'])).toEqual(['d/a → d/a']);
});

test('collectMappedFiles names a missing file', async () => {
  await expect(collect(['nothing'], {})).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});
