import { expect, test } from 'vitest';
import { dtypeName, findDtype } from '../../../src/weights/onnx/dtypes.ts';

test('codes are those of TensorProto.DataType', () => {
  expect([1n, 7n, 9n, 10n, 11n, 16n].map(dtypeName)).toEqual([
    'float32',
    'int64',
    'bool',
    'float16',
    'float64',
    'bfloat16',
  ]);
  expect(findDtype(22n)).toMatchObject({ name: 'int4', bits: 4, perNumber: 2 });
});

test('an unknown code keeps its number', () => {
  expect([0n, 999n, -1n].map(dtypeName)).toEqual(['undefined', 'type 999', 'type -1']);
  expect(findDtype(-1n)).toBeUndefined();
});
