import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { readWeights } from '../../../src/weights/index.ts';
import { op, payload, pickle } from '../pickle-bytes.ts';
import { buildZip } from '../zip-bytes.ts';

/** A dangerous pickle is found whatever it begins with and whatever it lies in; a good neighbour is left alone. */
async function codesOf(bytes: Uint8Array, name = 'notes.bin'): Promise<string[]> {
  const { problems } = await readWeights(bufferSource(name, bytes), name);
  return problems.map(({ rule }) => rule).filter((code) => code.startsWith('weights/pickle'));
}

const unsafe = 'weights/pickle-unsafe-global';
const evil = pickle(op.proto(2), payload);
const good = pickle(op.proto(2), op.emptyDict);
const long = Buffer.alloc(1_500_000, 'a');
/** A value that is thrown away, and then the payload. */
const behind = (value: string | Buffer): Buffer => Buffer.concat([Buffer.from(value), op.pop, payload, op.stop]);

describe('a pickle is found by its first bytes', () => {
  it.each([
    ['an integer in hex', behind('I0x10\n')],
    ['an octal of C', behind('I017\n')],
    ['an integer that ends at a NUL', behind('I5\0rest\n')],
    ['a long in binary', behind('L0b11L\n')],
    ['GGUF', behind('GGUF\0\0\0\0\0')],
    ['a text of more than a megabyte', behind(Buffer.concat([Buffer.from('V'), long, Buffer.from('\n')]))],
    ['an empty set', behind(Buffer.from([0x8f]))],
    ['true', behind(Buffer.from([0x88]))],
    ['bytes', behind(Buffer.from('C\x03abc', 'latin1'))],
    ['a frame', behind(Buffer.concat([op.frame(3n), op.none]))],
  ])('%s', async (_what, bytes) => {
    expect(await codesOf(bytes), 'alone').toContain(unsafe);
    const checkpoint = buildZip([
      { name: 'archive/data.pkl', data: good },
      { name: 'archive/extra', data: bytes },
    ]);
    expect(await codesOf(checkpoint, 'model.pt'), 'in a checkpoint').toContain(unsafe);
  });
});

describe('a pickle is found inside', () => {
  const zip = (data: Uint8Array, name = 'inner') => buildZip([{ name, data }]);
  const wrap = (times: number, data: Uint8Array): Uint8Array => (times === 0 ? data : wrap(times - 1, zip(data)));

  it.each([
    ['gzip', gzipSync(evil)],
    ['zlib', deflateSync(evil)],
    ['gzip in a ZIP in gzip', gzipSync(zip(gzipSync(evil)))],
    ['eight ZIPs', wrap(8, evil)],
    ['a ZIP called as text', zip(zip(evil, 'readme.md'))],
  ])('%s', async (_what, bytes) => expect(await codesOf(bytes)).toContain(unsafe));

  it('more containers than the limit are refused, not skipped', async () => {
    expect(await codesOf(wrap(20, evil))).toContain('weights/pickle-limit');
  });

  it('a member that cannot be opened does not hide the next one', async () => {
    const broken = buildZip([
      { name: 'archive/data.pkl', data: good },
      { name: 'archive/locked', data: good },
      { name: 'archive/extra', data: evil },
    ]);
    // Method 99 in both headers of the second member.
    for (const [mark, at] of [
      ['504b0304', 8],
      ['504b0102', 10],
    ] as const) {
      const name = broken.indexOf('archive/locked', mark === '504b0102' ? broken.indexOf(Buffer.from(mark, 'hex')) : 0);
      broken.writeUInt16LE(99, broken.lastIndexOf(Buffer.from(mark, 'hex'), name) + at);
    }
    expect(await codesOf(broken, 'model.pt')).toContain(unsafe);
  });
});

describe('harmless content gets no alarm', () => {
  it.each([
    ['a good pickle in gzip', gzipSync(good)],
    ['prose that begins with an opcode', Buffer.from('I like model.zoo\nand torch.nn\n')],
    ['a table', Buffer.from('col.a\ncol.b\n1\n2\n')],
    ['a ZIP of text', buildZip([{ name: 'a.txt', data: Buffer.from('class Net(nn.Module):\n  pass\n') }])],
  ])('%s', async (_what, bytes) => expect(await codesOf(bytes)).toEqual([]));
});

it('pickle.load reads the bytes of a joblib array as opcodes', async () => {
  const wrapper = Buffer.concat([
    op.global('joblib.numpy_pickle', 'NumpyArrayWrapper'),
    op.emptyTuple,
    op.newobj,
    op.emptyDict,
    op.text('shape'),
    Buffer.from('K\x40\x85', 'latin1'),
    op.setItem,
    op.text('dtype'),
    op.global('numpy', 'dtype'),
    op.text('u1'),
    Buffer.from([0x89, 0x88, 0x87]),
    op.reduce,
    op.setItem,
    op.build,
  ]);
  const data = Buffer.concat([op.pop, payload, op.stop, Buffer.alloc(64)]).subarray(0, 64);
  expect(await codesOf(pickle(op.proto(2), wrapper, data), 'model.joblib')).toContain(unsafe);
});
