import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diffOf, safetensors, told } from './two-weights.ts';

const weights = join(import.meta.dirname, '../../fixtures/weights');

test('another format is told, and tensors are compared across it', async () => {
  const checkpoint = await readFile(join(weights, 'torch/state-dict-p2.pt'));
  const result = await diffOf(checkpoint, safetensors({ weight: [1], bias: [1, 2, 3] }), ['a.pt', 'b.safetensors']);
  expect(result.differences[0]).toMatchObject({ area: 'weights', before: 'torch-zip', after: 'safetensors' });
  expect(result.tensors).toMatchObject({ changed: 2 });
});

test('values that do not lie in one piece are said not to be compared', async () => {
  const read = (name: string) => readFile(join(weights, 'torch', name));
  const result = await diffOf(await read('state-dict-p2-legacy.pt'), await read('state-dict-p3-legacy.pt'), [
    'a.pt',
    'b.pt',
  ]);
  expect(result.tensors).toMatchObject({ equal: 0, notCompared: 2 });
  expect(told(result)).toEqual([['weights', 'changed', 'b.pt', undefined]]);
});
