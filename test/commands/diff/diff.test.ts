import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diff } from '../../../src/commands/diff/diff.ts';
import { testContext } from '../../support/context.ts';
import { makeMar, manifestOf } from '../../support/make-mar.ts';
import { tempTree } from '../../support/temp-tree.ts';
import { base, diffOf } from './two-archives.ts';

const models = join(import.meta.dirname, '../../fixtures/models');
test('an archive equals itself, packed or not', async () => {
  const root = await tempTree(
    Object.fromEntries(Object.entries(base.files ?? {}).map(([path, text]) => [`m/${path}`, text])),
  );
  await makeMar(join(root, 'a.mar'), base);
  await makeMar(join(root, 'b.mar'), { ...base, compression: 'store' });
  const result = await diff({ before: 'a.mar', after: 'b.mar' }, testContext(root));
  expect(result).toMatchObject({ verdict: 'equal', semver: 'none', differences: [], passed: true });
});

test('failOn decides what passes', async () => {
  const files = { 'README.md': 'two' };
  expect((await diffOf({ files }, 'breaking')).passed).toBe(true);
  expect((await diffOf({ files }, 'metadata-only')).passed).toBe(false);
});

test('a weights file is compared with the weights of an archive', async () => {
  const root = await tempTree();
  const bytes = await readFile(join(models, 'zip-map.onnx'));
  await copyFile(join(models, 'zip-map.onnx'), join(root, 'trained.onnx'));
  await makeMar(join(root, 'm.mar'), {
    manifest: manifestOf({ serializedFile: 'zip-map.onnx', handler: 'base_handler' }),
    files: { 'zip-map.onnx': bytes },
  });
  const result = await diff({ before: 'trained.onnx', after: 'm.mar' }, testContext(root));
  expect(result).toMatchObject({ verdict: 'equal', before: { kind: 'weights' }, after: { kind: 'archive' } });
});
