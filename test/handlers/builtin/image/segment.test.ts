import { expect, test } from 'vitest';
import { segment } from '../../../../src/handlers/builtin/image/segment.ts';

const logits = { areLogits: true, layout: 'NCHW' } as const;

test('the best class of each pixel, and its probability', () => {
  const data = Float32Array.of(5, 0, 0, 5);
  const channelsFirst = segment({ dtype: 'float32', shape: [2, 1, 2], data }, { ...logits, areLogits: false });
  expect([channelsFirst.shape, Array.from(channelsFirst.data as Float32Array)]).toEqual([
    [1, 2, 2],
    [0, 5, 1, 5],
  ]);
  const channelsLast = segment({ dtype: 'float32', shape: [1, 2, 2], data }, { areLogits: true, layout: 'NHWC' });
  const [first, share = 0, second] = channelsLast.data as Float32Array;
  expect([first, second]).toEqual([0, 1]);
  expect(share).toBeCloseTo(1 / (1 + Math.exp(-5)), 6);
});

test('one class is the probability of class 1, and integers are class indices', () => {
  const binary = segment(
    { dtype: 'float32', shape: [1, 1, 2], data: Float32Array.of(0.75, 0.25) },
    { ...logits, areLogits: false },
  );
  expect(Array.from(binary.data as Float32Array)).toEqual([1, 0.75, 0, 0.75]);
  const mask = segment({ dtype: 'int64', shape: [1, 2], data: BigInt64Array.of(3n, 0n) }, logits);
  expect(Array.from(mask.data as Float32Array)).toEqual([3, 1, 0, 1]);
});

test('an output without classes is refused', () => {
  expect(() => segment({ dtype: 'float32', shape: [0, 1, 1], data: new Float32Array(0) }, logits)).toThrow(
    'no classes',
  );
});
