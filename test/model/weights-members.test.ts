import { expect, test } from 'vitest';
import { planTree } from '../../src/archive/plan/plan-tree.ts';
import { findWeightsMembers, readMemberWeights } from '../../src/model/weights-members.ts';
import { planContents } from '../support/plan-files.ts';

type Facts = Parameters<typeof findWeightsMembers>[0];
const names = (serialized: string | undefined, ...members: string[]) =>
  findWeightsMembers({
    serializedFile: async () => serialized,
    members: async () => new Map(members.map((name) => [name, {}])),
  } as unknown as Facts);

test('the serialized file comes first whatever its name, then all files with names of weights', async () => {
  expect(await names('model.bin', 'a.onnx', 'handler.py', 'model.bin', 'b/c.pt', '._d.pt')).toEqual([
    'model.bin',
    'a.onnx',
    'b/c.pt',
  ]);
  expect(await names('m.safetensors.index.json', 'm.safetensors.index.json', 'm-1.safetensors')).toEqual([
    'm-1.safetensors',
  ]);
});

test('a member is recognised by its content', async () => {
  const tree = planTree('m', planContents({ 'm.pt': '' }));
  expect((await readMemberWeights(tree, 'm.pt')).problems).toMatchObject([{ rule: 'weights/empty' }]);
});
