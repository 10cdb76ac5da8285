import { describe, expect, test } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { readWeights } from '../../../src/weights/index.ts';
import { payload, pickle } from '../pickle-bytes.ts';

/** A .npy file of version 1 with this header and data. */
function npy(header: string, data: Uint8Array): Buffer {
  const prefix = Buffer.from('934e554d50590100', 'hex');
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([prefix, length, Buffer.from(header, 'latin1'), data]);
}

const header = (descr: string, shape = '(1,)') => `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`;

async function read(bytes: Buffer) {
  const { facts, problems } = await readWeights(bufferSource('a.npy', bytes), 'a.npy');
  const tensors = facts !== undefined && 'tensors' in facts ? facts.tensors : [];
  return { tensors, rules: problems.map(({ rule }) => rule) };
}

/** Each makes numpy load the data as a pickle, if it is allowed to. */
describe('an object dtype is found in every spelling', () => {
  test.each([
    `'|O'`,
    `'O'`,
    `'<O8'`,
    `'object'`,
    `'object_'`,
    `"O"`,
    `u'|O'`,
    `'' '|O'`,
    `'\\x7cO'`,
    `'\\117'`,
    `'f8,O'`,
    `'2f8,O'`,
    `[('a', 'object')]`,
    `[('a', '<f8'), ('b', '|O')]`,
    `[('a', [('b', 'O')])]`,
    `[('a', 'f8,O')]`,
    `[(('title', 'a'), '|O', (2,))]`,
    `('|O', (2,))`,
    `[('a', ('O', 2))]`,
  ])('%s', async (descr) => {
    expect((await read(npy(header(descr), pickle(payload)))).rules).toContain('weights/pickle-unsafe-global');
  });

  test.each([
    ['behind a comment', `{#'descr': '<f8',\n'descr': '|O', 'fortran_order': False, 'shape': (8,)}`],
    ['as the last of two keys', `{'descr': '<f8', 'descr': '|O', 'fortran_order': False, 'shape': (8,)}`],
    ['with every space in its place', `{\n'shape':(8,),'fortran_order':False,\t'descr'\n:\n'|O'}`],
    ['behind a continued line', `{'descr': \\\n'|O', 'fortran_order': False, 'shape': (8,)}`],
  ])('%s', async (_, text) => {
    expect((await read(npy(text, pickle(payload)))).rules).toContain('weights/pickle-unsafe-global');
  });
});

test.each([
  [`'<f4'`, '(2, 3)', 24, 'float32', [2, 3]],
  [`'|b1'`, '(4,)', 4, 'bool', [4]],
  [`'<c16'`, '()', 16, 'complex128', []],
  [`'<U3'`, '(2,)', 24, 'str3', [2]],
  [`'|S5'`, '2', 10, 'S5', [2]],
  [`'<M8[ns]'`, '(1,)', 8, 'M8', [1]],
  [`'>i8'`, '(3L,)', 24, 'int64', [3]],
  [`[('a', '<f8'), ('b', '<i4', (2,))]`, '(2,)', 32, 'structured', [2]],
  [`('<f4', (2, 2))`, '(1,)', 16, 'float32', [1]],
])('an array of %s and shape %s is read without a problem', async (descr, shape, bytes, dtype, sizes) => {
  const { tensors, rules } = await read(npy(header(descr, shape), Buffer.alloc(bytes)));
  expect(rules).toEqual([]);
  expect(tensors).toMatchObject([{ dtype, shape: sizes }]);
});

test.each([
  ['no dict', `['descr']`],
  ['a key too many', `{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'more': 1}`],
  ['a key too few', `{'descr': '<f8', 'shape': (1,)}`],
  ['a fortran_order that is not a boolean', `{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}`],
  ['a negative size', header(`'<f8'`, '(-1,)')],
  ['a call', header(`__import__('os')`)],
  ['something behind it', `${header(`'<f8'`).trim()} + 1`],
  ['a size that is not an integer', header(`'<f8'`, '(1.0,)')],
  ['a dtype that is a number', header('8')],
  ['brackets without end', `{'descr': ${'['.repeat(9_000)}`],
])('a header with %s is malformed', async (_, text) => {
  expect((await read(npy(text, Buffer.alloc(8)))).rules).toEqual(['weights/numpy-malformed']);
});

test('a file with more or fewer bytes than its shape needs is malformed', async () => {
  expect((await read(npy(header(`'<f8'`, '(2,)'), Buffer.alloc(8)))).rules).toEqual(['weights/numpy-malformed']);
  const structured = npy(header(`[('a', '<f8')]`, '(2,)'), Buffer.alloc(8));
  expect((await read(structured)).rules).toEqual(['weights/numpy-malformed']);
});
