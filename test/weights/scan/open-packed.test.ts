import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { readWeights } from '../../../src/weights/index.ts';
import { openStream } from '../../../src/weights/scan/open-packed.ts';
import { op, payload, pickle } from '../pickle-bytes.ts';
import { buildZip } from '../zip-bytes.ts';

/** More than is unpacked into memory. */
const LARGE = 70 * 1024 ** 2;
const dangerous = pickle(op.proto(2), payload);
const png = Buffer.from('89504e470d0a1a0a', 'hex');

/** Bytes that are thrown away, and then the payload. */
function farDown(size: number): Buffer {
  const head = Buffer.from('B....');
  head.writeUInt32LE(size, 1);
  return Buffer.concat([head, Buffer.alloc(size), op.pop, payload, op.stop]);
}

const packedMember = (name: string, content: Buffer) =>
  buildZip([{ name, data: content, packed: deflateRawSync(content, { level: 1 }) }]);

async function rulesOf(bytes: Buffer, name = 'extra.bin') {
  const { problems } = await readWeights(bufferSource(name, bytes), name);
  return problems.map(({ rule }) => rule).filter((rule) => /pickle|not-scanned/.test(rule));
}

describe('a payload behind more than memory takes', () => {
  it.each([
    ['in a stream', gzipSync(farDown(LARGE), { level: 1 })],
    ['in a member', packedMember('data.bin', farDown(LARGE))],
    [
      'in a ZIP at the end of a member',
      packedMember(
        'picture.png',
        Buffer.concat([png, Buffer.alloc(LARGE), buildZip([{ name: 'x', data: dangerous }])]),
      ),
    ],
    [
      'in a checkpoint in a stream',
      gzipSync(
        buildZip([
          { name: 'a', data: Buffer.alloc(LARGE) },
          { name: 'x', data: dangerous },
        ]),
        { level: 1 },
      ),
    ],
  ])('%s', async (_, bytes) => expect(await rulesOf(bytes)).toContain('weights/pickle-unsafe-global'));
});

describe('nothing is said against', () => {
  it.each([
    ['a large text in a stream', gzipSync(Buffer.alloc(LARGE, 'id,value\n1,2\n'), { level: 1 })],
    ['a large picture in a ZIP', packedMember('picture.png', Buffer.concat([png, Buffer.alloc(LARGE, 'abc')]))],
  ])('%s', async (_, bytes) => expect(await rulesOf(bytes)).toEqual([]));
});

it('a ZIP at the end of a storage of any size is found', async () => {
  const storage = Buffer.concat([Buffer.alloc(4 * 1024 ** 2, 7), buildZip([{ name: 'x', data: dangerous }])]);
  const checkpoint = buildZip([
    { name: 'm/data.pkl', data: pickle(op.proto(2), op.emptyDict) },
    { name: 'm/data/0', data: storage },
  ]);
  expect(await rulesOf(checkpoint, 'model.pt')).toContain('weights/pickle-unsafe-global');
});

it('what is unpacked is bounded, and whoever is not looked into whole is known', async () => {
  const packed = gzipSync(farDown(LARGE), { level: 1 });
  const opened = await openStream(bufferSource('x', packed), 'gzip', 32 * 1024 ** 2);
  expect(opened).toMatchObject({ end: 'limit', isLoadable: true, spent: 32 * 1024 ** 2 });
  await opened.close();
});
