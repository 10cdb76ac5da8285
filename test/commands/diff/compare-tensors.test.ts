import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diffOf, safetensors, told } from './two-weights.ts';

const weights = join(import.meta.dirname, '../../fixtures/weights');

test('tensors are compared by name: values, type and shape, new, gone, renamed', async () => {
  const result = await diffOf(
    safetensors({ same: [1, 2], values: [1], shape: [1], gone: [7], old: [5, 6] }),
    safetensors({ same: [1, 2], values: [2], shape: [1, 1], fresh: [8], name: [5, 6] }),
  );
  expect(told(result)).toEqual([
    ['tensors', 'changed', 'values', undefined],
    ['tensors', 'changed', 'shape', 'float32[2]'],
    ['tensors', 'removed', 'gone', undefined],
    ['tensors', 'renamed', 'old', 'name'],
    ['tensors', 'added', 'fresh', 'float32[1]'],
  ]);
  expect(result.tensors).toEqual({ equal: 1, changed: 2, added: 1, removed: 1, renamed: 1, notCompared: 0 });
  expect(result).toMatchObject({ verdict: 'weights-only', semver: 'minor' });
});

test('a tensor that moved within its file is equal', async () => {
  const result = await diffOf(safetensors({ a: [1], b: [2] }), safetensors({ b: [2], a: [1] }));
  expect(result.tensors).toMatchObject({ equal: 2, changed: 0 });
  expect(told(result)).toEqual([['weights', 'changed', 'b.safetensors', undefined]]);
});

test('tensors of a checkpoint are equal whatever the protocol of its pickle', async () => {
  const read = (name: string) => readFile(join(weights, 'torch', name));
  const result = await diffOf(await read('state-dict-p2.pt'), await read('state-dict-p5.pt'), ['a.pt', 'b.pt']);
  expect(result.tensors).toMatchObject({ equal: 2, notCompared: 0 });
});

test('one byte of a storage is found, and the tensor named', async () => {
  const before = await readFile(join(weights, 'torch/state-dict-p2.pt'));
  const after = Buffer.from(before);
  const at = findStorage(after);
  after[at] = (after[at] ?? 0) ^ 1;
  const result = await diffOf(before, after, ['a.pt', 'b.pt']);
  expect(told(result)).toEqual([['tensors', 'changed', 'weight', undefined]]);
});

/** Where the bytes of `data/0` begin: behind its local header, whose lengths stand at 26 and 28. */
function findStorage(zip: Buffer): number {
  const name = zip.indexOf('/data/0');
  const header = zip.lastIndexOf(Buffer.from('504b0304', 'hex'), name);
  return header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
}
