import { expect, test } from 'vitest';
import { compareSignatures } from '../../../src/commands/diff/compare-signatures.ts';
import { Differences } from '../../../src/commands/diff/differences.ts';
import type { OnnxFacts, TensorFacts } from '../../../src/weights/reading/facts.ts';

type Shape = TensorFacts['shape'];

function model(inputs: readonly TensorFacts[], outputs: readonly TensorFacts[] = []): OnnxFacts {
  return {
    format: 'onnx',
    irVersion: 8,
    opsets: [],
    producer: '',
    metadata: {},
    inputs: [...inputs],
    outputs: [...outputs],
    tensors: [],
    parameters: 0,
    operators: {},
    customDomains: [],
    functions: [],
    externalData: [],
  };
}

const tensor = (name: string, shape: Shape, dtype = 'float32'): TensorFacts => ({ name, dtype, shape });

function told(before: OnnxFacts, after: OnnxFacts): unknown[] {
  const differences = new Differences();
  compareSignatures(before, after, 'm.onnx', differences);
  return differences.listed.map(({ change, name, impact }) => [change, name, impact]);
}

const changes: readonly [string, Shape, Shape, string, string][] = [
  ['a fixed dimension becomes free', [1, 3], ['batch', 3], 'compatible', 'breaking'],
  ['a free dimension becomes fixed', [null, 3], [4, 3], 'breaking', 'compatible'],
  ['a fixed dimension becomes another', [1, 3], [1, 4], 'breaking', 'breaking'],
  ['a dimension more', [1, 3], [1, 3, 1], 'breaking', 'breaking'],
  ['a free dimension gets another name', ['n', 3], ['batch', 3], 'metadata', 'metadata'],
];

test.each(changes)('%s', (_, before, after, asInput, asOutput) => {
  const one = tensor('x', before);
  const two = tensor('x', after);
  expect(told(model([one]), model([two]))).toEqual([['changed', 'input x', asInput]]);
  expect(told(model([], [one]), model([], [two]))).toEqual([['changed', 'output x', asOutput]]);
});

test('another type breaks', () => {
  expect(told(model([tensor('x', [1])]), model([tensor('x', [1], 'int64')]))).toEqual([
    ['changed', 'input x', 'breaking'],
  ]);
});

test('an input more breaks, an output more does not', () => {
  const x = tensor('x', [1]);
  const y = tensor('y', [2]);
  expect(told(model([x]), model([x, y]))).toEqual([['added', 'input y', 'breaking']]);
  expect(told(model([], [x]), model([], [x, y]))).toEqual([['added', 'output y', 'compatible']]);
  expect(told(model([], [x, y]), model([], [x]))).toEqual([['removed', 'output y', 'breaking']]);
});

test('the same tensor under another name is one difference', () => {
  expect(told(model([tensor('x', [1])]), model([tensor('image', [1])]))).toEqual([['renamed', 'input x', 'breaking']]);
});

test('the order of inputs is no difference', () => {
  const x = tensor('x', [1]);
  const y = tensor('y', [2]);
  expect(told(model([x, y]), model([y, x]))).toEqual([]);
});
