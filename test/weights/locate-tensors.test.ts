import { cp, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { findLocalPlace, openFacts } from '../../src/model/open-facts.ts';
import { locateTensors } from '../../src/weights/locate-tensors.ts';
import { tempTree } from '../support/temp-tree.ts';

const fixtures = join(import.meta.dirname, '../fixtures');

/** The bytes of each tensor of a weights file, in hexadecimal. */
async function bytesOf(path: string): Promise<Record<string, string>> {
  const { facts, close } = await openFacts(await findLocalPlace(path));
  try {
    const { facts: read } = await facts.weights(basename(path));
    if (read === undefined) throw new Error(`${path} has no facts`);
    const located = await locateTensors(facts.tree, basename(path), read);
    const result: Record<string, string> = {};
    for (const [name, source] of located.bytes)
      result[name] = Buffer.from(await source.read(0, source.size)).toString('hex');
    await located.close();
    return result;
  } finally {
    await close();
  }
}

const float32 = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer).toString('hex');

test('initializers of an ONNX model are found where raw_data begins', async () => {
  const found = await bytesOf(join(fixtures, 'models/linear4x3.onnx'));
  const weights = await bytesOf(join(fixtures, 'weights/torch/state-dict-p2.pt'));
  expect(Object.keys(found).length).toBeGreaterThan(0);
  for (const bytes of Object.values(found)) expect(bytes.length % 8).toBe(0);
  expect(weights['bias']).toHaveLength(24);
});

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

test('a view of a storage is its part of it; one with gaps is not given', async () => {
  const views = await bytesOf(join(fixtures, 'weights/torch/views-p2.pt'));
  const all = Array.from({ length: 40 }, (_, index) => index);
  expect(views['all']).toBe(float32(...all));
  expect(views['all']).toContain(views['middle']);
  expect(views).not.toHaveProperty('column');
  expect(views).not.toHaveProperty('expanded');
});
