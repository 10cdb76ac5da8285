import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bufferSource } from '../../src/core/byte-source.ts';
import { detectProtobuf } from '../../src/weights/detect-protobuf.ts';

const load = (name: string) => readFileSync(new URL(`../fixtures/weights/${name}`, import.meta.url));
const detect = (bytes: Buffer, name = 'm') => detectProtobuf(bufferSource(name, bytes), bytes.subarray(0, 4096), name);

test.each([
  ['onnx/linear.onnx', 'onnx'],
  ['coreml/network.mlmodel', 'coreml'],
  ['tensorflow/saved-model/saved_model.pb', 'saved-model'],
  ['tensorflow/frozen.pb', 'tensorflow-graph'],
])('%s is recognised as %s by its outermost fields, under any name', async (file, format) => {
  expect(await detect(load(file))).toBe(format);
  expect(await detect(load(file), 'm.bin')).toBe(format);
});

test('other bytes are not recognised, unless the name ends in .onnx', async () => {
  for (const bytes of [Buffer.from('\n\u0003abc'), Buffer.from('hello'), Buffer.from([0xff, 0xfe])]) {
    expect(await detect(bytes)).toBeUndefined();
    expect(await detect(bytes, 'm.onnx')).toBe('onnx');
  }
});
