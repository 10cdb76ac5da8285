import { describe, expect, it } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { readWeights } from '../../../src/weights/index.ts';
import { checkShards, readShardIndex } from '../../../src/weights/safetensors/shard-index.ts';

function file(header: string, dataBytes = 0): Buffer {
  const json = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(dataBytes)]);
}

async function codesOf(bytes: Uint8Array): Promise<string[]> {
  const { problems } = await readWeights(bufferSource('m.safetensors', bytes), 'm.safetensors');
  return problems.map(({ rule }) => rule);
}

const f32 = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';
const malformed = ['weights/safetensors-malformed'];

describe('readSafetensors refuses JSON that JSON.parse accepts', () => {
  it.each([
    ['the same tensor twice', `{"a":${f32},"a":${f32}}`],
    ['the same key twice', '{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}'],
    ['a number past 2^53', '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9007199254740993]}}'],
    ['1e0 as a dimension', '{"a":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}'],
    ['1.0 as a dimension', '{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}'],
    ['-0 as a dimension', '{"a":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}'],
    ['a lone surrogate', `{"\\ud800":${f32}}`],
    ['metadata that is not text', '{"__metadata__":{"a":1}}'],
    ['something behind the header', '{}x'],
    ['100,000 open brackets', `{"a":{"x":${'['.repeat(100_000)}`],
    ['three offsets', '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}'],
    ['a control character in a name', `{"a\u0001":${f32}}`],
  ])('%s', async (_what, header) => {
    expect(await codesOf(file(header, 4))).toEqual(malformed);
  });

  it('"__proto__" is a name like any other and changes nothing', async () => {
    const { facts, problems } = await readWeights(
      bufferSource('m', file(`{"__metadata__":{"__proto__":"x"},"__proto__":${f32}}`, 4)),
      'm.safetensors',
    );
    expect(problems).toEqual([]);
    expect(facts?.tensors.map(({ name }) => name)).toEqual(['__proto__']);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it('sizes that overflow 64 bits', async () => {
    const shape = '[4294967296,4294967296,4294967296]';
    expect(await codesOf(file(`{"a":{"dtype":"F32","shape":${shape},"data_offsets":[0,4]}}`, 4))).toEqual(malformed);
  });

  it('a header above the library’s limit, by its length field only', async () => {
    const bytes = Buffer.alloc(32);
    bytes.writeBigUInt64LE(100_000_001n);
    expect(await codesOf(bytes)).toEqual(malformed);
  });
});

describe('readSafetensors and the data layout', () => {
  it.each([
    ['a hole', `{"a":${f32},"b":{"dtype":"U8","shape":[1],"data_offsets":[5,6]}}`, 6],
    ['an overlap', `{"a":${f32},"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}}`, 5],
    ['bytes behind the last tensor', `{"a":${f32}}`, 5],
    ['half a byte', '{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}', 2],
  ])('refuses %s', async (_what, header, bytes) => {
    expect(await codesOf(file(header, bytes))).toEqual(malformed);
  });

  it('warns of a layout that the library accepts and others may not', async () => {
    expect(await codesOf(file(` {"a":${f32}}`, 4))).toEqual(['weights/safetensors-form']);
    expect(await codesOf(file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"extra":[{}]}}', 4))).toEqual([
      'weights/safetensors-form',
    ]);
  });

  it('gives each tensor its offset in the file', async () => {
    const bytes = file(`{"b":{"dtype":"U8","shape":[],"data_offsets":[4,5]},"a":${f32}}`, 5);
    const { facts } = await readWeights(bufferSource('m', bytes), 'm.safetensors');
    expect(facts?.tensors).toEqual([
      { name: 'a', dtype: 'float32', shape: [1], bytes: 4, offset: bytes.length - 5 },
      { name: 'b', dtype: 'uint8', shape: [], bytes: 1, offset: bytes.length - 1 },
    ]);
  });
});

describe('the index of a sharded model', () => {
  const files = new Map([
    ['one.safetensors', file(`{"a":${f32}}`, 4)],
    ['two.safetensors', file(`{"b":${f32}}`, 4)],
  ]);
  const tree = {
    label: 'tree',
    list: async () => [],
    has: async (path: string) => files.has(path),
    open: async (path: string) => bufferSource(path, files.get(path) ?? Buffer.alloc(0)),
    close: async () => {},
  };

  async function check(map: Readonly<Record<string, string>>): Promise<string[]> {
    const bytes = Buffer.from(JSON.stringify({ metadata: { total_size: 8 }, weight_map: map }));
    const { index, problems } = await readShardIndex(bufferSource('model.safetensors.index.json', bytes));
    if (!index) throw new Error('no index');
    return [...problems, ...(await checkShards(index, 'model.safetensors.index.json', tree))].map(({ rule }) => rule);
  }

  it('accepts shards that hold its tensors', async () => {
    expect(await check({ a: 'one.safetensors', b: 'two.safetensors' })).toEqual([]);
  });

  it('reports a missing shard, a tensor in another shard, an unsafe name', async () => {
    expect(await check({ a: 'one.safetensors', c: 'three.safetensors' })).toEqual(['weights/shard-missing']);
    expect(await check({ a: 'two.safetensors' })).toEqual(['weights/shard-tensors']);
    expect(await check({ a: '../one.safetensors' })).toContain('weights/shard-index-malformed');
  });

  it('refuses an index without a weight_map', async () => {
    const { index, problems } = await readShardIndex(bufferSource('i', Buffer.from('{}')));
    expect(index).toBeUndefined();
    expect(problems.map(({ rule }) => rule)).toEqual(['weights/shard-index-malformed']);
  });
});
