import { expect, test } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { locateOnnxTensors } from '../../../src/weights/onnx/locate-tensors.ts';

/** A field of wire type 2. */
const bytes = (field: number, content: Buffer | string) =>
  Buffer.concat([Buffer.from([field * 8 + 2, content.length]), Buffer.from(content)]);
const number = (field: number, value: number) => Buffer.from([field * 8, value]);

const FLOAT = number(2, 1);
const two = number(1, 2);

/** ModelProto.graph is field 7, GraphProto.initializer field 5. */
const model = (...tensors: Buffer[]) => bytes(7, Buffer.concat(tensors.map((tensor) => bytes(5, tensor))));

const places = (file: Buffer) => locateOnnxTensors(bufferSource('m.onnx', file));

test('raw_data is found where it begins, in whatever order the fields are', async () => {
  const raw = Buffer.from('abcdefgh');
  const file = model(
    Buffer.concat([two, FLOAT, bytes(8, 'usual'), bytes(9, raw)]),
    Buffer.concat([bytes(9, raw), bytes(8, 'reversed'), two, FLOAT]),
  );
  const found = await places(file);
  expect([...found.keys()]).toEqual(['usual', 'reversed']);
  for (const { offset, size } of found.values()) expect(file.subarray(offset, offset + size)).toEqual(raw);
});

test('numbers in a typed list have no place', async () => {
  const list = bytes(4, Buffer.from(Float32Array.of(1, 2).buffer));
  expect(await places(model(Buffer.concat([two, FLOAT, bytes(8, 'list'), list])))).toEqual(new Map());
});

test('external data is told by file, offset and size', async () => {
  const entry = (key: string, value: string) => bytes(13, Buffer.concat([bytes(1, key), bytes(2, value)]));
  const external = Buffer.concat([entry('location', './w.bin'), entry('offset', '16'), number(14, 1)]);
  expect(await places(model(Buffer.concat([two, FLOAT, bytes(8, 'far'), external])))).toEqual(
    new Map([['far', { location: 'w.bin', offset: 16, size: 8 }]]),
  );
});

test('of two initializers of one name the first counts', async () => {
  const tensor = (raw: string) => Buffer.concat([two, FLOAT, bytes(8, 'same'), bytes(9, raw)]);
  const file = model(tensor('11111111'), tensor('22222222'));
  const place = (await places(file)).get('same');
  expect(file.subarray(place?.offset, (place?.offset ?? 0) + 8).toString()).toBe('11111111');
});
