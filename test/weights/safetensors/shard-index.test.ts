import { expect, test } from 'vitest';
import { planTree } from '../../../src/archive/plan/plan-tree.ts';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { checkShards, isShardIndexName, readShardIndex } from '../../../src/weights/safetensors/shard-index.ts';
import { planContents } from '../../support/plan-files.ts';

const index = (map: Record<string, string>) =>
  readShardIndex(bufferSource('i', Buffer.from(JSON.stringify({ metadata: { total_size: 1 }, weight_map: map }))));

test.each([
  ['model.safetensors.index.json', true],
  ['a/pytorch_model.bin.index.json', true],
  ['index.json', false],
  ['model.json', false],
])('%s is an index: %s', (name, wanted) => {
  expect(isShardIndexName(name)).toBe(wanted);
});

test('files and tensors are in the order of the index', async () => {
  const { index: found, problems } = await index({ a: '1.safetensors', b: '2.safetensors', c: '1.safetensors' });
  expect([...(found?.shards ?? [])]).toEqual([
    ['1.safetensors', ['a', 'c']],
    ['2.safetensors', ['b']],
  ]);
  expect(problems).toEqual([]);
});

test('a shard outside the folder, and an index without a weight_map, are problems', async () => {
  expect((await index({ a: '../x.safetensors' })).problems).toMatchObject([{ rule: 'weights/shard-index-malformed' }]);
  const none = await readShardIndex(bufferSource('i', Buffer.from('{}')));
  expect(none).toMatchObject({ index: undefined, problems: [{ message: expect.stringContaining('no weight_map') }] });
});

test('a missing shard is named', async () => {
  const { index: found } = await index({ a: '1.safetensors' });
  const tree = planTree('m', planContents({ 'd/model.safetensors.index.json': '{}' }));
  const problems = found && (await checkShards(found, 'd/model.safetensors.index.json', tree));
  expect(problems).toMatchObject([
    { rule: 'weights/shard-missing', message: expect.stringContaining('d/1.safetensors') },
  ]);
});
