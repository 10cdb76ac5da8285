import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFingerprint } from '../../../src/serve/model/fingerprint.ts';
import { tempTree } from '../../support/temp-tree.ts';

test('a file keeps its fingerprint until it changes, a folder has one of its files', async () => {
  const root = await tempTree({ 'm/a': 'a' });
  const before = await readFingerprint(join(root, 'm'));
  expect(await readFingerprint(join(root, 'm'))).toBe(before);
  await writeFile(join(root, 'm/a'), 'longer');
  expect(await readFingerprint(join(root, 'm'))).not.toBe(before);
  expect(await readFingerprint(join(root, 'gone'))).toBeUndefined();
});
