import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { readWeights } from '../../../src/weights/index.ts';
import { op, payload, pickle } from '../pickle-bytes.ts';
import { buildZip } from '../zip-bytes.ts';

const dangerous = pickle(op.proto(2), payload);
const harmless = pickle(op.proto(2), op.emptyDict);
const zip = (name: string, content: Uint8Array) => buildZip([{ name, data: content }]);

/** A tar of one member without any magic, as the dialect before POSIX has it. */
function tar(name: string, content: Uint8Array): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write('0', 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)]);
}

function npy(descr: string, data: Uint8Array): Buffer {
  const header = `{'descr': ${descr}, 'fortran_order': False, 'shape': (1,)}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from('934e554d50590100', 'hex'), length, Buffer.from(header), data]);
}

async function rulesOf(bytes: Uint8Array, name = 'x') {
  const { problems } = await readWeights(bufferSource(name, bytes), name);
  return problems.map(({ rule }) => rule);
}

/** A checkpoint with one more member. */
const checkpoint = (name: string, content: Uint8Array) =>
  buildZip([
    { name: 'm/data.pkl', data: harmless },
    { name: `m/${name}`, data: content },
    { name: 'm/version', data: Buffer.from('3\n') },
  ]);

const wrappings: readonly [string, (content: Uint8Array) => Uint8Array][] = [
  ['in a ZIP', (content) => zip('a', content)],
  ['in a ZIP in a ZIP', (content) => zip('b.md', zip('a', content))],
  ['in a tar', (content) => tar('a', content)],
  ['in a gzip', (content) => gzipSync(content)],
  ['in a stream of zlib, as joblib writes', (content) => deflateSync(content)],
  ['in a tar.gz', (content) => gzipSync(tar('a', content))],
  ['in a ZIP in a tar.gz', (content) => gzipSync(tar('a', zip('x', content)))],
  ['as an array of objects', (content) => npy(`'|O'`, content)],
  ['as an array of objects in a ZIP', (content) => zip('a.npy', npy(`'object'`, content))],
  ['in a checkpoint', (content) => checkpoint('extra/note.txt', content)],
  ['in a checkpoint in a checkpoint', (content) => checkpoint('extra/inner.pt', checkpoint('data/0', content))],
  ['compressed in a checkpoint', (content) => checkpoint('data/0', gzipSync(content))],
  [
    'behind something that begins like GGUF',
    (content) => Buffer.concat([Buffer.from('GGUF....0'), Buffer.from('0'), content]),
  ],
];

describe('a pickle that runs code is found', () => {
  test.each(wrappings)('%s', async (_, wrap) => {
    for (const name of ['x', 'model.pt', 'model.onnx', 'notes.txt'])
      expect(await rulesOf(wrap(dangerous), name), name).toContain('weights/pickle-unsafe-global');
  });

  test('behind joblib arrays, and inside object arrays', async () => {
    const wrapper = (shape: number, descr: string) =>
      Buffer.concat([
        op.global('joblib.numpy_pickle', 'NumpyArrayWrapper'),
        op.emptyTuple,
        op.newobj,
        op.emptyDict,
        ...[op.text('shape'), Buffer.from([0x4b, shape]), op.tuple1, op.setItem],
        ...[op.text('dtype'), op.global('numpy', 'dtype'), op.text(descr), op.tuple1, op.reduce, op.setItem],
        op.build,
      ]);
    const two = Buffer.concat([wrapper(2, 'f8'), Buffer.alloc(16, 0xff), wrapper(3, 'i1'), Buffer.alloc(3, 0xff)]);
    expect(await rulesOf(pickle(op.proto(4), two), 'm.joblib')).not.toContain('weights/pickle-malformed');
    expect(await rulesOf(pickle(op.proto(4), two, payload), 'm.joblib')).toContain('weights/pickle-unsafe-global');
    const objects = Buffer.concat([wrapper(1, 'O'), dangerous]);
    expect(await rulesOf(pickle(op.proto(4), objects), 'm.joblib')).toContain('weights/pickle-unsafe-global');
  });

  test('next to a tar in the same bytes', async () => {
    const bytes = tar('a', harmless);
    expect(await rulesOf(bytes, 'm.pt')).not.toContain('weights/pickle-unsafe-global');
    // The member's name is the pickle: PROTO, the payload, STOP.
    const both = tar(dangerous.toString('latin1'), harmless);
    dangerous.copy(both);
    expect((await rulesOf(both, 'm.pt')).some((rule) => /malformed|unsafe|unsupported/.test(rule))).toBe(true);
  });
});

describe('harmless files get no alarm', () => {
  test('a TorchScript module in a ZIP, with classes of its own', async () => {
    const script = buildZip([
      { name: 'm/data.pkl', data: pickle(op.proto(2), op.global('__torch__.m', 'Net'), op.emptyTuple, op.newobj) },
      { name: 'm/constants.pkl', data: harmless },
      { name: 'm/code/__torch__/m.py', data: Buffer.from('class Net(Module):\n') },
    ]);
    expect((await rulesOf(zip('model.pt', script))).filter((rule) => rule.startsWith('weights/pickle-unsafe'))).toEqual(
      [],
    );
  });

  test.each(wrappings)('a harmless pickle %s', async (_, wrap) => {
    const rules = await rulesOf(wrap(harmless), 'x');
    expect(rules.filter((rule) => /pickle-unsafe|not-scanned/.test(rule))).toEqual([]);
  });

  test.each<[string, Uint8Array]>([
    ['numbers that begin like zlib', Buffer.concat([Buffer.from('789c', 'hex'), Buffer.alloc(64, 7)])],
    ['numbers that begin like a bracket', Buffer.concat([Buffer.from('5d00', 'hex'), Buffer.alloc(64, 7)])],
    ['an empty tar block', Buffer.alloc(1024)],
  ])('%s as a storage', async (_, content) => {
    expect(await rulesOf(checkpoint('data/0', content), 'm.pt')).toEqual([]);
  });
});

test.each([
  ['bzip2', '425a683931415926', 'weights/not-scanned'],
  ['xz', 'fd377a585a000004', 'weights/not-scanned'],
  ['zstd', '28b52ffd00000000', 'weights/not-scanned'],
  ['7z', '377abcaf271c0004', 'weights/not-scanned'],
])('content compressed with %s in a checkpoint is reported as not searched', async (_, hex, rule) => {
  expect(await rulesOf(checkpoint('extra/a', Buffer.from(hex, 'hex')), 'm.pt')).toEqual([rule]);
});

test('nested containers have a depth limit, which is reported', async () => {
  let content: Uint8Array = dangerous;
  for (let level = 0; level < 20; level++) content = zip('a', content);
  expect(await rulesOf(content)).toContain('weights/pickle-limit');
});
