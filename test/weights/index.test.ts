import { expect, test } from 'vitest';
import { bufferSource } from '../../src/core/byte-source.ts';
import { readWeights } from '../../src/weights/index.ts';
import { model } from './onnx/protobuf-bytes.ts';
import { op, payload, pickle } from './pickle-bytes.ts';

const read = async (name: string, bytes: Uint8Array) => {
  const { detected, problems } = await readWeights(bufferSource(name, bytes), name);
  return [detected, problems.map(({ rule }) => rule)];
};

test('a file is read by its content, and a name of another format is a problem', async () => {
  expect(await read('m.onnx', model())).toEqual(['onnx', []]);
  expect(await read('m.npy', model())).toEqual(['onnx', ['weights/extension']]);
});

test('a pickle that runs code is found under any name', async () => {
  for (const name of ['m.pkl', 'm.weights']) {
    const [detected, codes] = await read(name, pickle(op.proto(2), payload));
    expect(detected).toBe('pickle');
    expect(codes).toEqual(expect.arrayContaining([expect.stringMatching(/^weights\/pickle-un/)]));
  }
});
