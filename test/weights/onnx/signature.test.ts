import { expect, test } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { readOnnx } from '../../../src/weights/onnx/read.ts';
import { integer, message, model, raw, tensor, text } from './protobuf-bytes.ts';

/** ValueInfoProto of float32; a number is a size, a text a symbol, null a dimension without either. */
function value(field: number, name: string, dims: readonly (number | string | null)[]): Buffer {
  const shape = dims.map((dim) =>
    message(1, ...(dim === null ? [] : [typeof dim === 'number' ? integer(1, dim) : text(2, dim)])),
  );
  return message(field, text(1, name), message(2, message(1, integer(1, 1), message(2, ...shape))));
}

test('inputs filled by an initializer are not in the signature; dimensions are sizes, symbols or free', async () => {
  const bytes = model(
    message(5, tensor('w', [1], raw(4))),
    value(11, 'x', ['batch', 3, null, -1]),
    value(11, 'w', [1]),
    value(12, 'y', [2]),
  );
  const { facts } = await readOnnx(bufferSource('m.onnx', bytes));
  if (facts?.format !== 'onnx') throw new Error('no ONNX');
  expect(facts.inputs).toMatchObject([{ name: 'x', dtype: 'float32', shape: ['batch', 3, null, null] }]);
  expect(facts.outputs).toMatchObject([{ name: 'y', dtype: 'float32', shape: [2] }]);
});
