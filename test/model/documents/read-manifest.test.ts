import { expect, test } from 'vitest';
import { planTree } from '../../../src/archive/plan/plan-tree.ts';
import { defaultLimits } from '../../../src/core/limits.ts';
import { describeUnusable, readManifest } from '../../../src/model/documents/read-manifest.ts';
import { planContents } from '../../support/plan-files.ts';

const read = (content: string | Uint8Array) =>
  readManifest(planTree('m.mar', planContents({ 'MAR-INF/MANIFEST.json': content })), defaultLimits);

test('a manifest keeps unknown fields', async () => {
  const manifest = { runtime: 'python', model: { modelName: 'a', mine: 1 }, more: [null] };
  expect(await read(JSON.stringify(manifest))).toEqual({ kind: 'ok', manifest });
});

test.each([
  ['nothing', '', 'it is empty'],
  [
    'a key twice',
    '{"model": {"handler": "good.py", "handler": "evil.py"}}',
    'the key "handler" occurs twice (at byte 33)',
  ],
  ['a byte order mark', '\ufeff{}', 'it starts with a byte order mark (at byte 0)'],
  ['bytes that are not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), 'it is not UTF-8'],
  ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`, 'values are nested too deeply (at byte 32)'],
  [
    'a number for a name',
    '{"model": {"modelName": 1}}',
    '/model/modelName: Invalid input: expected string, received number',
  ],
  ['more than its limit', ' '.repeat(1024 ** 2 + 1), 'it has 1048577 bytes, more than the limit of 1048576'],
])('a manifest with %s is refused by every reader', async (_, text, reason) => {
  const reading = await read(text);
  expect(reading.kind === 'ok' || reading.kind === 'missing' ? undefined : describeUnusable(reading)).toBe(reason);
});
