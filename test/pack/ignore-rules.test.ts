import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readIgnoreRules } from '../../src/pack/ignore-rules.ts';
import { tempTree } from '../support/temp-tree.ts';

test('default rules, the folder’s own rules and further patterns apply in this order', async () => {
  const folder = await tempTree({ '.marignore': '*.log\n!keep.log\n/data/\n' });
  const isIgnored = await readIgnoreRules(folder, ['*.tmp']);
  const ignored = (path: string) => isIgnored(join(folder, path) + (path.endsWith('/') ? '/' : ''));
  expect(['a.log', 'data/', '.git/', 'a/x.pyc', 'b.tmp', '.marignore'].map(ignored)).toEqual(Array(6).fill(true));
  expect(['keep.log', 'a/data.txt', 'model.onnx'].map(ignored)).toEqual([false, false, false]);
});

test('a folder without rules ignores only what the default rules match', async () => {
  const folder = await tempTree();
  expect((await readIgnoreRules(folder))(join(folder, 'a.log'))).toBe(false);
});
