import { expect, test } from 'vitest';
import { openModelFolder } from '../../src/model/model-folder.ts';
import { manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';

test('an extracted archive says what its files say; what a handler wrote beside them is a member too', async () => {
  const manifest = manifestOf({ modelName: 'm', modelVersion: '1.0', handler: 'handler.mjs' }, 'nodejs');
  const folder = await tempTree({
    'MAR-INF/MANIFEST.json': JSON.stringify(manifest),
    'handler.mjs': 'export default {};',
    'cache/written.bin': 'x',
  });
  const facts = await openModelFolder(folder);
  expect(facts.kind).toBe('archive');
  expect([...(await facts.members()).keys()].sort()).toEqual([
    'MAR-INF/MANIFEST.json',
    'cache/written.bin',
    'handler.mjs',
  ]);
  expect(await facts.handler()).toEqual({ kind: 'module', member: 'handler.mjs', entryPoint: undefined });
});
