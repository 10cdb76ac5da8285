import { expect, test } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { readTopFields } from '../../../src/weights/protobuf/top-fields.ts';
import { integer, text } from '../onnx/protobuf-bytes.ts';

test('fields are found by number, their content is skipped, up to where a message is truncated', async () => {
  const bytes = Buffer.concat([integer(1, 8), text(2, 'x'.repeat(9000)), text(500, 'net')]);
  expect([...((await readTopFields(bufferSource('m', bytes))) ?? [])]).toEqual([
    [1, { wire: 0, at: 2 }],
    [2, { wire: 2, at: 5 }],
    [500, { wire: 2, at: 9008 }],
  ]);
  const cut = await readTopFields(bufferSource('m', bytes.subarray(0, 100)));
  expect([...(cut?.keys() ?? [])]).toEqual([1, 2]);
});
