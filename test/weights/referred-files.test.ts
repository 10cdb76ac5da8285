import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bufferSource } from '../../src/core/byte-source.ts';
import { readWeights } from '../../src/weights/index.ts';
import { referredFiles, referredMembers } from '../../src/weights/referred-files.ts';

const fixtures = join(import.meta.dirname, '../fixtures');

async function referred(path: string): Promise<unknown> {
  const name = path.split('/').at(-1) ?? '';
  const { facts } = await readWeights(bufferSource(name, await readFile(join(fixtures, path))), name);
  return {
    files: referredFiles(facts, name).map(({ location, end }) => [location, end]),
    members: referredMembers(facts, `a/${name}`),
  };
}

test('external data of ONNX is what the model names', async () => {
  expect(await referred('models/zip-map-external.onnx')).toMatchObject({ members: ['a/zip-map-external.bin'] });
});

test('the constants of OpenVINO lie in the .bin of the same name', async () => {
  expect(await referred('weights/openvino/tiny.xml')).toEqual({ files: [['tiny.bin', 48]], members: ['a/tiny.bin'] });
});

test('other weights refer to nothing', async () => {
  expect(await referred('weights/torch/state-dict-p2.pt')).toEqual({ files: [], members: [] });
});
