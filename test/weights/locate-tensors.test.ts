import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempTree } from '../support/temp-tree.ts';
import { bytesOf } from './tensor-bytes.ts';

const fixtures = join(import.meta.dirname, '../fixtures');

test('external data is found in its file, and not beyond its end', async () => {
  const root = await tempTree();
  for (const name of ['zip-map-external.onnx', 'zip-map-external.bin'])
    await cp(join(fixtures, 'models', name), join(root, name));
  const model = join(root, 'zip-map-external.onnx');
  const whole = await bytesOf(model);
  const data = (await readFile(join(root, 'zip-map-external.bin'))).toString('hex');
  const external = Object.values(whole).filter((bytes) => data.includes(bytes));
  expect(external.length).toBeGreaterThan(0);
  await writeFile(join(root, 'zip-map-external.bin'), '');
  expect(Object.keys(await bytesOf(model)).length).toBe(Object.keys(whole).length - external.length);
});

test('a tensor of safetensors is its range of the file', async () => {
  const file = join(fixtures, 'weights/safetensors/model.safetensors');
  const found = await bytesOf(file);
  const whole = (await readFile(file)).toString('hex');
  expect(Object.keys(found).length).toBeGreaterThan(0);
  for (const bytes of Object.values(found)) expect(whole).toContain(bytes);
});

test('other formats give no bytes', async () => {
  expect(await bytesOf(join(fixtures, 'weights/torch/state-dict-p2-legacy.pt'))).toEqual({});
});
