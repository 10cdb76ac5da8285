import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { readWeights } from '../../../src/weights/index.ts';

const load = (path: string) => readFileSync(new URL(`../../fixtures/weights/${path}`, import.meta.url));

async function read(bytes: Buffer, name = 'm.h5') {
  const { facts, detected, problems } = await readWeights(bufferSource(name, bytes), name);
  return { facts, detected, rules: [...new Set(problems.map(({ rule }) => rule))] };
}

test('HDF5 is recognised by its content, under any name', async () => {
  const bytes = load('hdf5/arrays.h5');
  expect(await read(bytes, 'weights.bin')).toMatchObject({ detected: 'HDF5', rules: [] });
  expect(await read(bytes, 'model.onnx')).toMatchObject({ detected: 'HDF5', rules: ['weights/extension'] });
});

test('the layers of a Keras model are counted', async () => {
  const { facts } = await read(load('keras/tiny.h5'));
  expect(facts).toMatchObject({
    keras: { backend: 'tensorflow', class: 'Sequential', name: 'tiny', layers: { Dense: 2, InputLayer: 1 } },
    parameters: 4 * 3 + 3 + 3 * 2 + 2,
  });
});

test('bytecode in a Lambda layer is an error', async () => {
  expect(await read(load('keras/lambda.h5'))).toMatchObject({ detected: 'HDF5', rules: ['weights/keras-code'] });
});

test.each(['hdf5/arrays.h5', 'hdf5/latest.h5', 'hdf5/many.h5', 'keras/tiny.h5'])(
  '%s cut anywhere is reported as broken',
  async (file) => {
    const bytes = load(file);
    for (let length = 9; length < bytes.length; length += 97)
      expect(await read(bytes.subarray(0, length)), `cut at ${length}`).toMatchObject({
        detected: 'HDF5',
        rules: ['weights/malformed'],
      });
  },
);

test.each(['hdf5/arrays.h5', 'hdf5/latest.h5', 'keras/tiny.h5'])(
  '%s with any byte changed gives facts or a problem',
  async (file) => {
    const bytes = load(file);
    for (let at = 8; at < bytes.length; at += 61) {
      const changed = Buffer.from(bytes);
      changed[at] = 0xff - (changed[at] ?? 0);
      expect((await read(changed)).detected).toBe('HDF5');
    }
  },
);
