import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { readWeights } from '../../../src/weights/index.ts';
import { weightsFactsSchema } from '../../../src/weights/reading/facts.ts';
import { op, pickle } from '../pickle-bytes.ts';
import { type BrokenMember, buildZip } from '../zip-bytes.ts';

const read = (bytes: Uint8Array, name = 'model.pt') => readWeights(bufferSource(name, bytes), name);
const int = (value: number) => Buffer.concat([Buffer.from('J'), Buffer.from(Int32Array.of(value).buffer)]);

/** ('storage', torch.FloatStorage, key, 'cpu', elements) as a persistent id. */
function storage(key: string, elements: number, type = 'FloatStorage'): Buffer {
  const id = [
    op.text('storage'),
    op.global(type.startsWith('Untyped') ? 'torch.storage' : 'torch', type),
    op.text(key),
    op.text('cpu'),
    int(elements),
  ];
  return Buffer.concat([op.mark, ...id, op.tuple, Buffer.from('Q')]);
}

const tuple = (...values: readonly number[]) => Buffer.concat([op.mark, ...values.map(int), op.tuple]);

/** torch._utils._rebuild_tensor_v2(storage, offset, size, stride, False, OrderedDict()) */
function tensor(from: Uint8Array, offset: number, shape: readonly number[], stride: readonly number[]): Buffer {
  const hooks = Buffer.concat([op.global('collections', 'OrderedDict'), op.emptyTuple, op.reduce]);
  const args = [from, int(offset), tuple(...shape), tuple(...stride), Buffer.from([0x89]), hooks];
  return Buffer.concat([op.global('torch._utils', '_rebuild_tensor_v2'), op.mark, ...args, op.tuple, op.reduce]);
}

function checkpoint(value: Uint8Array, ...more: readonly BrokenMember[]): Buffer {
  const data = pickle(op.proto(2), op.emptyDict, op.text('w'), value, op.setItem);
  return buildZip([{ name: 'm/data.pkl', data }, ...more]);
}

const four: BrokenMember = { name: 'm/data/0', data: Buffer.alloc(16) };

describe('a mapping built from its pairs gives the names of its values', () => {
  const value = tensor(storage('0', 4), 0, [4], [1]);
  const list = (...items: readonly Buffer[]) =>
    Buffer.concat([op.emptyList, ...items.flatMap((item) => [item, op.append])]);
  const pair = (key: string, ...more: readonly Buffer[]) =>
    Buffer.concat([op.mark, op.text(key), value, ...more, op.tuple]);
  const call = (module: string, name: string, ...args: readonly Buffer[]) =>
    Buffer.concat([op.global(module, name), op.mark, ...args, op.tuple, op.reduce]);

  it.each([
    ['an OrderedDict of Python 2', call('collections', 'OrderedDict', list(pair('a'), pair('b'))), ['w.a', 'w.b']],
    ['a dict of Python 2', call('__builtin__', 'dict', list(pair('a'))), ['w.a']],
    ['a defaultdict', call('collections', 'defaultdict', op.none, list(pair('a'))), ['w.a']],
    ['a list of pairs is none', list(pair('a')), ['w.0.1']],
    ['items of three are no pairs', call('collections', 'OrderedDict', list(pair('a', op.none))), ['w.0.1']],
    ['nor is the list of another type', call('torch', 'Size', list(pair('a'))), ['w.0.1']],
  ])('%s', async (_what, written, names) => {
    const { facts } = await read(checkpoint(written, four));
    expect(facts?.tensors.map(({ name }) => name)).toEqual(names);
  });
});

describe('a tensor must fit into its storage', () => {
  it.each([
    ['all of it', [0, [4], [1]], []],
    ['a column', [0, [2], [2]], []],
    ['an expanded scalar', [3, [100], [0]], []],
    ['nothing', [4, [0], [1]], []],
    ['one element too many', [0, [5], [1]], ['weights/torch-storage']],
    ['an offset past the end', [4, [1], [1]], ['weights/torch-storage']],
    ['a stride past the end', [0, [2], [4]], ['weights/torch-storage']],
    ['sizes and strides of different rank', [0, [2, 2], [1]], ['weights/torch-storage']],
  ] as const)('%s', async (_what, [offset, shape, stride], codes) => {
    const { problems } = await read(checkpoint(tensor(storage('0', 4), offset, shape, stride), four));
    expect(problems.map(({ rule }) => rule)).toEqual(codes);
  });

  it('the storage must be a member with enough bytes', async () => {
    const value = tensor(storage('0', 4), 0, [4], [1]);
    const missing = await read(checkpoint(value));
    expect(missing.problems[0]?.message).toContain('"m/data/0" is missing');
    const short = await read(checkpoint(value, { ...four, data: Buffer.alloc(15) }));
    expect(short.problems[0]?.message).toContain('has 15 bytes, but 16 are needed');
  });

  it('a key that points outside the archive is a missing member', async () => {
    const { problems } = await read(checkpoint(tensor(storage('../../etc/passwd', 4), 0, [4], [1])));
    expect(problems.map(({ rule }) => rule)).toEqual(['weights/torch-storage']);
  });

  it('one storage has one size', async () => {
    const two = Buffer.concat([tensor(storage('0', 4), 0, [4], [1]), tensor(storage('0', 2), 0, [2], [1]), op.tuple2]);
    expect((await read(checkpoint(two, four))).problems[0]?.message).toContain('two sizes');
  });
});

describe('facts of a torch ZIP', () => {
  it('count a shared storage once', async () => {
    const two = Buffer.concat([tensor(storage('0', 4), 0, [4], [1]), tensor(storage('0', 4), 1, [2], [1]), op.tuple2]);
    const { facts } = await read(checkpoint(two, four));
    expect(facts?.parameters).toBe(4);
    expect(facts?.tensors.map(({ name }) => name)).toEqual(['w.0', 'w.1']);
  });

  it('give the byte order of the file', async () => {
    const value = tensor(storage('0', 4), 0, [4], [1]);
    const { facts } = await read(checkpoint(value, four, { name: 'm/byteorder', data: Buffer.from('big') }));
    expect(facts?.format === 'torch-zip' && facts.byteOrder).toBe('big');
  });

  it('take the dtype of an untyped storage from its tensor', async () => {
    const v3 = Buffer.concat([
      op.global('torch._utils', '_rebuild_tensor_v3'),
      op.mark,
      storage('0', 16, 'UntypedStorage'),
      int(0),
      tuple(8),
      tuple(1),
      Buffer.from([0x89]),
      op.none,
      op.global('torch', 'uint16'),
      op.tuple,
      op.reduce,
    ]);
    const { facts, problems } = await read(checkpoint(v3, four));
    expect(problems).toEqual([]);
    expect(facts?.tensors[0]).toMatchObject({ dtype: 'uint16', shape: [8], bytes: 16 });
    expect(facts?.parameters).toBe(8);
  });
});

describe('a torch ZIP that another tool compressed', () => {
  function deflated(bytes: Buffer, name: string): Buffer {
    // One stored member becomes a deflated one: method and sizes in both headers, and the data.
    const zip = buildZip([{ name, data: deflateRawSync(bytes) }]);
    const packed = deflateRawSync(bytes).length;
    const central = zip.length - 22 - 46 - name.length;
    for (const at of [0, central + 2]) {
      zip.writeUInt16LE(8, at + 8);
      zip.writeUInt32LE(packed, at + 18);
      zip.writeUInt32LE(bytes.length, at + 22);
    }
    return zip;
  }

  it('is inflated to be read', async () => {
    const evil = pickle(op.proto(2), op.global('os', 'system'), op.text('x'.repeat(1000)), op.tuple1, op.reduce);
    const { problems } = await read(deflated(evil, 'm/data.pkl'));
    expect(problems.map(({ rule }) => rule)).toContain('weights/pickle-unsafe-global');
  });

  it('a deflated member that does not inflate is a problem, not an exception', async () => {
    const bytes = deflated(Buffer.alloc(1000, 'a'), 'm/data.pkl');
    bytes.fill(0xff, 40, 50);
    expect((await read(bytes)).problems.map(({ rule }) => rule)).toContain('weights/torch-malformed');
  });
});

describe('the files that torch.load reads by default', () => {
  const reason = async (value: Uint8Array) => {
    const { facts, problems } = await read(checkpoint(value));
    if (facts?.format !== 'torch-zip') throw new Error('no facts');
    return { loads: facts.loadsWithWeightsOnly, codes: problems.map(({ rule }) => rule) };
  };

  it.each([
    ['plain values', op.none, { loads: true, codes: [] }],
    ['an opcode outside of its list', Buffer.from('I1\n'), { loads: false, codes: ['weights/pickle-weights-only'] }],
    ['a harmless global', op.global('datetime', 'date'), { loads: false, codes: ['weights/pickle-unlisted-global'] }],
    [
      'an unknown class',
      Buffer.concat([op.global('nets', 'Net'), op.emptyTuple, op.newobj]),
      { loads: false, codes: ['weights/pickle-unsafe-class'] },
    ],
  ])('%s', async (_what, value, expected) => {
    expect(await reason(value)).toEqual(expected);
  });
});

describe('numbers that JSON cannot carry', () => {
  it('a view of more than 2^53 elements does not fit, and its size stays a number', async () => {
    const huge = 2 ** 31 - 1;
    const { facts, problems } = await read(checkpoint(tensor(storage('0', 4), 0, [huge, huge], [0, 0]), four));
    expect(problems.map(({ rule }) => rule)).toEqual(['weights/torch-storage']);
    expect(facts && weightsFactsSchema.safeParse(facts).success).toBe(true);
  });
});
