import { describe, expect, test } from 'vitest';
import type { Dtype, Tensor } from '../../../src/handlers/sdk.ts';
import { parseNpy, toNpy } from '../../../src/handlers/tensors/npy.ts';

/** A file of version 1 as numpy writes it. */
function file(header: string, data: Uint8Array, version = 1): Buffer {
  const text = `${header.padEnd(118 - (version === 1 ? 0 : 2) - 1)}\n`;
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(text.length);
  else length.writeUInt32LE(text.length);
  return Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from('NUMPY'),
    Buffer.from([version, 0]),
    length,
    Buffer.from(text),
    data,
  ]);
}
const dict = (descr: string, shape: string, order = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;

describe('parseNpy', () => {
  const float = Uint8Array.from([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);

  test.each([1, 2, 3])('reads version %i', (version) => {
    expect(parseNpy(file(dict('<f4', '(2,)'), float, version))).toEqual({
      dtype: 'float32',
      shape: [2],
      data: Float32Array.of(1, -2),
    });
  });

  test('reads big-endian numbers, a scalar, an empty array, and a body at any offset', () => {
    expect(parseNpy(file(dict('>i2', '(2,)'), Uint8Array.from([1, 2, 0xff, 0xff]))).data).toEqual(
      Int16Array.of(258, -1),
    );
    expect(parseNpy(file(dict('<f4', '()'), float.subarray(0, 4)))).toMatchObject({
      shape: [],
      data: Float32Array.of(1),
    });
    expect(parseNpy(file(dict('|b1', '(0, 3)'), new Uint8Array()))).toMatchObject({ dtype: 'bool', shape: [0, 3] });
    const shifted = Buffer.concat([Buffer.from('x'), file(dict('<f4', '(1, 2)'), float)]).subarray(1);
    expect(parseNpy(shifted)).toMatchObject({ shape: [1, 2], data: Float32Array.of(1, -2) });
  });

  test('converts Fortran order, as numpy saves a transposed array, to C order', () => {
    const bytes = Uint8Array.from({ length: 12 }, (_, at) => at);
    const read = (shape: string, descr: string, count: number) =>
      parseNpy(file(dict(descr, shape, 'True'), bytes.subarray(0, count))).data;
    expect(read('(2, 3)', '|u1', 6)).toEqual(Uint8Array.of(0, 2, 4, 1, 3, 5));
    expect(read('(2, 3)', '<u2', 12)).toEqual(Uint16Array.of(0x100, 0x504, 0x908, 0x302, 0x706, 0xb0a));
    expect(read('(2, 3, 2)', '|u1', 12)).toEqual(Uint8Array.of(0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11));
    expect(read('(2, 0)', '|u1', 0)).toEqual(new Uint8Array());
  });

  test.each([
    ['truncated data', file(dict('<f4', '(2,)'), float.subarray(1)), /expected 8 bytes of data for shape \[2\], got 7/],
    ['data too many', file(dict('<f4', '(1,)'), float), /expected 4 bytes/],
    ['a shape beyond all memory', file(dict('<f8', '(99999999999999999999, 9)'), float), /expected/],
    ['objects, which are pickles', file(dict('|O', '(1,)'), float), /expected an npy header with a numeric dtype/],
    ['complex numbers', file(dict('<c8', '(1,)'), float), /numeric dtype/],
    ['an unknown type', file(dict('<b8', '(1,)'), float), /numeric dtype/],
    ['an unknown version', file(dict('<f4', '(2,)'), float, 9), /truncated/],
    [
      'a header that claims too much',
      Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 0xff, 0xff]),
      /claims 65535 bytes/,
    ],
    ['the magic alone', Buffer.from([0x93, ...Buffer.from('NUMPY')]), /truncated/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parseNpy(bytes)).toThrow(message);
  });
});

test.each<[Dtype, Tensor['data']]>([
  ['float32', Float32Array.of(1.5, -2)],
  ['float64', Float64Array.of(0.1, Infinity)],
  ['float16', Uint16Array.of(0x3c00, 0xc000)],
  ['int64', BigInt64Array.of(-1n, 2n ** 62n)],
  ['uint8', Uint8Array.of(0, 255)],
  ['bool', Uint8Array.of(0, 1)],
])('toNpy of %s is read by parseNpy', (dtype, data) => {
  for (const shape of [[2], [1, 2], [2, 1, 1]]) {
    const bytes = toNpy({ dtype, shape, data });
    expect(bytes.length % (data as Uint8Array).BYTES_PER_ELEMENT).toBe(0);
    expect((bytes.length - (data as Uint8Array).byteLength) % 64).toBe(0);
    expect(parseNpy(bytes)).toEqual({ dtype, shape, data });
  }
});

test('a tensor of strings has no npy form', () => {
  expect(() => toNpy({ dtype: 'string', shape: [1], data: ['a'] })).toThrow(
    'a tensor of string cannot be written as npy',
  );
});
