import { expect, test } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { readWeights } from '../../../src/weights/index.ts';
import { findContradictions } from '../../../src/weights/zip/contradictions.ts';
import { op, pickle } from '../pickle-bytes.ts';
import { buildZip } from '../zip-bytes.ts';

const good = pickle(op.proto(2), op.emptyDict);
const members = [
  { name: 'archive/data.pkl', data: good },
  { name: 'archive/version', data: Buffer.from('3\n') },
];
const checkpoint = () => buildZip(members);
const find = (bytes: Uint8Array) => findContradictions(bufferSource('m.pt', bytes));
const END = Buffer.from('504b0506', 'hex');

/** The checkpoint with bytes put in at an offset, and the directory's offset corrected. */
function insert(at: number, bytes: Uint8Array): Buffer {
  const zip = checkpoint();
  const end = zip.lastIndexOf(END);
  zip.writeUInt32LE(zip.readUInt32LE(end + 16) + bytes.length, end + 16);
  return Buffer.concat([zip.subarray(0, at), bytes, zip.subarray(at)]);
}

test('a plain checkpoint has no contradiction', async () => {
  expect(await find(checkpoint())).toEqual([]);
});

test('bytes between the members and the directory are reported: a member that only some readers see', async () => {
  const directory = checkpoint().readUInt32LE(checkpoint().lastIndexOf(END) + 16);
  const hidden = buildZip([{ name: 'hidden', data: good }]).subarray(0, 36 + good.length);
  const bytes = insert(directory, hidden);
  expect(await find(bytes)).toHaveLength(1);
  const { problems } = await readWeights(bufferSource('m.pt', bytes), 'm.pt');
  expect(problems.map(({ rule }) => rule)).toContain('weights/torch-zip-form');
});

test('another number of members in the end record is reported', async () => {
  const zip = checkpoint();
  zip.writeUInt16LE(7, zip.lastIndexOf(END) + 8);
  zip.writeUInt16LE(7, zip.lastIndexOf(END) + 10);
  expect(await find(zip)).not.toEqual([]);
});

test('another size in a local header is reported', async () => {
  const zip = checkpoint();
  zip.writeUInt32LE(3, 22);
  expect(await find(zip)).not.toEqual([]);
});

/** As torch's writer does behind 4 GiB: sizes and the header's own offset in the local zip64 field. */
function withWideHeader(offset: bigint): Buffer {
  const field = Buffer.alloc(28);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(24, 2);
  field.writeBigUInt64LE(BigInt(good.length), 4);
  field.writeBigUInt64LE(BigInt(good.length), 12);
  field.writeBigUInt64LE(offset, 20);
  const [first] = members;
  const zip = buildZip([{ name: 'archive/data.pkl', data: first?.data ?? good }]);
  const name = 30 + 'archive/data.pkl'.length;
  zip.writeUInt32LE(0xffffffff, 18);
  zip.writeUInt32LE(0xffffffff, 22);
  zip.writeUInt16LE(field.length, 28);
  const end = zip.lastIndexOf(END);
  zip.writeUInt32LE(zip.readUInt32LE(end + 16) + field.length, end + 16);
  return Buffer.concat([zip.subarray(0, name), field, zip.subarray(name)]);
}

test('a header offset in a local zip64 field is accepted, another offset is reported', async () => {
  expect(await find(withWideHeader(0n))).toEqual([]);
  expect(await find(withWideHeader(9n))).toHaveLength(1);
});
