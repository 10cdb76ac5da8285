import { describe, expect, test } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { readWeights } from '../../../src/weights/index.ts';
import { integer, message, model, raw, tensor, text, varint } from './protobuf-bytes.ts';

const node = (type: string, domain = '', ...more: Uint8Array[]) =>
  message(1, text(4, type), ...(domain ? [text(7, domain)] : []), ...more);
/** A node in the body of a function. */
const call = (type: string, domain = 'f', ...more: Uint8Array[]) =>
  message(7, text(4, type), ...(domain ? [text(7, domain)] : []), ...more);
const define = (name: string, ...body: Uint8Array[]) => message(25, text(1, name), text(10, 'f'), ...body);

async function read(...parts: Uint8Array[]) {
  const bytes = Buffer.concat(parts);
  const { facts, problems } = await readWeights(bufferSource('m.onnx', bytes), 'm.onnx');
  return { facts, rules: problems.map(({ rule }) => rule) };
}

const graph = model(node('A', 'f'));
/** In an attribute, as the branch of an If. */
const branch = (...nodes: Uint8Array[]) => message(5, message(6, ...nodes));

describe('functions that onnxruntime cannot inline', () => {
  test.each<[string, Uint8Array[]]>([
    ['one that calls itself', [define('A', call('A'))]],
    ['two that call each other', [define('A', call('B')), define('B', call('A'))]],
    ['one that calls itself in a branch', [define('A', call('If', '', branch(node('A', 'f'))))]],
    [
      'thirty that each call the next twice',
      [
        define('A', call('F1')),
        ...Array.from({ length: 30 }, (_, i) =>
          define(`F${i + 1}`, ...(i === 29 ? [call('Relu', '')] : [call(`F${i + 2}`), call(`F${i + 2}`)])),
        ),
      ],
    ],
    [
      'a chain of 3,000 that ends where it began',
      [
        define('A', call('F0')),
        ...Array.from({ length: 3_000 }, (_, i) => define(`F${i}`, call(i === 2_999 ? 'A' : `F${i + 1}`))),
      ],
    ],
  ])('%s', async (_, functions) => {
    expect((await read(graph, ...functions)).rules).toEqual(['weights/onnx-functions']);
  });
});

test.each<[string, Uint8Array[]]>([
  ['one of another', [define('A', call('B'), call('B')), define('B', call('Relu', ''))]],
  [
    'a chain of 3,000',
    [
      define('A', call('F0')),
      ...Array.from({ length: 3_000 }, (_, i) =>
        define(`F${i}`, call(i === 2_999 ? 'Relu' : `F${i + 1}`, i === 2_999 ? '' : 'f')),
      ),
    ],
  ],
  ['an operator of its own name in the default domain', [define('A', call('A', ''))]],
  [
    'an overload that calls another',
    [
      message(25, text(1, 'A'), text(10, 'f'), call('A', 'f', text(8, 'two'))),
      message(25, text(1, 'A'), text(10, 'f'), text(13, 'two'), call('Relu', '')),
    ],
  ],
])('functions that end are accepted: %s', async (_, functions) => {
  expect((await read(graph, ...functions)).rules).toEqual([]);
});

describe('weights of Constant nodes are parameters', () => {
  const constant = (...attributes: Uint8Array[]) => node('Constant', '', ...attributes.map((one) => message(5, one)));
  test.each<[string, Uint8Array, number]>([
    ['a tensor', constant(message(5, tensor('', [3, 4], raw(48)))), 12],
    ['a number', constant(Buffer.concat([varint((2 << 3) | 5), Buffer.alloc(4)])), 1],
    ['a list of numbers', constant(message(7, Buffer.alloc(20))), 5],
    ['a tensor in a branch', node('If', '', branch(constant(message(5, tensor('', [2], raw(8)))))), 2],
    [
      'a shape, which is none',
      constant(message(5, Buffer.concat([integer(1, 2), integer(2, 7), message(9, Buffer.alloc(16))]))),
      0,
    ],
    [
      'the attribute of another node, which is none',
      node('Other', '', message(5, message(5, tensor('', [2], raw(8))))),
      0,
    ],
  ])('%s', async (_, nodes, parameters) => {
    expect((await read(model(nodes))).facts).toMatchObject({ parameters });
  });
});

test.each([1n, 2n ** 32n + 1n, 2n ** 63n + 1n])(
  'a data location of %s is EXTERNAL, since protobuf keeps 32 bits',
  async (location) => {
    const { rules } = await read(model(message(5, tensor('w', [1], integer(14, location)))));
    expect(rules).toEqual(['weights/onnx-external-path']);
  },
);
