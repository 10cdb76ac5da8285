import { expect, test } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { Malformed } from '../../../src/core/documents/malformed.ts';
import { readNumpyHeader } from '../../../src/weights/numpy/header.ts';

function npy(text: string, version = 1): Buffer {
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUIntLE(Buffer.byteLength(text), 0, length.length);
  return Buffer.concat([Buffer.from('934e554d5059', 'hex'), Buffer.from([version, 0]), length, Buffer.from(text)]);
}
const read = (bytes: Buffer) => readNumpyHeader(bufferSource('a.npy', bytes));
const dict = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}\n";

test.each([1, 2, 3])('version %i gives dtype, shape and the offset of the data', async (version) => {
  const bytes = npy(dict, version);
  expect(await read(bytes)).toEqual({
    dtype: 'float32',
    itemBytes: 4,
    shape: [2],
    isObject: false,
    dataStart: bytes.length,
  });
});

test.each([
  ['another magic', Buffer.from('934e554d50590a00', 'hex')],
  ['no header', Buffer.from('934e554d5059', 'hex')],
  ['a version that does not exist', npy(dict, 4)],
  ['a header that is cut', npy(dict).subarray(0, 40)],
  ['a key too many', npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1}")],
  ['a key too few', npy("{'descr': '<f4', 'shape': (2,)}")],
  ['a fortran_order that is not a boolean', npy("{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}")],
])('%s is malformed', async (_about, bytes) => {
  await expect(read(bytes)).rejects.toThrow(Malformed);
});
