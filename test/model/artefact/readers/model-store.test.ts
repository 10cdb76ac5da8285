import { expect, test } from 'vitest';
import { packFiles } from '../../../support/pack-printed.ts';

test('archives side by side are a model store: there is nothing to pack', async () => {
  const { artefact } = await packFiles({ 'a.mar': 'x', 'b.mar': 'x' });
  expect(artefact).toMatchObject({
    tool: 'torchserve',
    weights: ['a.mar', 'b.mar'],
    pack: { lines: [], advice: expect.stringContaining('--model-store') },
  });
});

test('a folder of other files is none', async () => {
  expect((await packFiles({ 'a.txt': 'x' })).artefact).toBeUndefined();
});
