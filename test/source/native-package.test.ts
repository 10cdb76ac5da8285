import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findNativeReason } from '../../src/source/native-package.ts';
import { tempTree } from '../support/temp-tree.ts';

test.each([
  ['./addon.node', '/x/addon.node', 'is a native addon'],
  ['bindings', '/x/node_modules/bindings/bindings.js', 'loads a native addon'],
])('%s cannot be packed', async (specifier, file, reason) => {
  expect(await findNativeReason(specifier, file)).toBe(reason);
});

test.each([
  ['gypfile', { gypfile: true }, true],
  ['platform packages', { optionalDependencies: { '@x/core-linux-x64': '1' } }, true],
  ['nothing of the kind', { optionalDependencies: { '@types/linux': '1', left: '1' } }, false],
])('a package is recognised by its package.json: %s', async (_, manifest, isNative) => {
  const root = await tempTree({ 'node_modules/@x/y/package.json': JSON.stringify(manifest) });
  const reason = await findNativeReason('@x/y', join(root, 'node_modules/@x/y/lib/index.js'));
  expect(reason).toBe(isNative ? 'belongs to a package with a native addon' : undefined);
});

test('a file outside of packages is never native', async () => {
  expect(await findNativeReason('./a', '/x/a.js')).toBeUndefined();
});
