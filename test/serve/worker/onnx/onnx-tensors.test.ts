import { expect, test } from 'vitest';
import { type OrtTensorConstructor, toOrtTensor, toSpec } from '../../../../src/serve/worker/onnx/onnx-tensors.ts';

const Recorded = class {
  readonly given: readonly unknown[];
  constructor(...given: readonly unknown[]) {
    this.given = given;
  }
} as unknown as OrtTensorConstructor;

test('a dimension without a number is free', () => {
  const metadata = { name: 'x', isTensor: true, type: 'float32', shape: ['batch', 3, -1, ''] } as Parameters<
    typeof toSpec
  >[0];
  expect(toSpec(metadata)).toEqual({ name: 'x', dtype: 'float32', shape: [null, 3, null, null] });
});

test('a tensor shares its data with onnxruntime, and must have the length of its shape', () => {
  const data = Float32Array.of(1, 2);
  expect(toOrtTensor(Recorded, 'x', { dtype: 'float32', shape: [1, 2], data })).toMatchObject({
    given: ['float32', data, [1, 2]],
  });
  expect(() => toOrtTensor(Recorded, 'x', { dtype: 'float32', shape: [3], data })).toThrow(
    'holds 3 values, but there are 2',
  );
  expect(() => toOrtTensor(Recorded, 'x', { dtype: 'bfloat16', shape: [1], data: Uint16Array.of(1) })).toThrow(
    'no bfloat16',
  );
});
