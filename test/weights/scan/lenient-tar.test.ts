import { expect, test } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { isTarHeader, readLenientTar } from '../../../src/weights/scan/lenient-tar.ts';

interface Block {
  readonly name: string;
  readonly data?: string;
  readonly type?: string;
  /** Of the header; default: that of the data. */
  readonly size?: number;
}

function block({ name, data = '', type = '0', size = data.length }: Block): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(`${size.toString(8).padStart(11, '0')} `, 124);
  header.fill(0x20, 148, 156);
  header.write(type, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, Buffer.from(data), Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

async function list(...blocks: Buffer[]) {
  const bytes = Buffer.concat([...blocks, Buffer.alloc(1024)]);
  const found: string[] = [];
  for await (const { name, start, size } of readLenientTar(bufferSource('a.tar', bytes)))
    found.push(`${name}: ${bytes.toString('latin1', start, start + size)}`);
  return found.sort();
}

test('consecutive members are found without magic bytes', async () => {
  expect(await list(block({ name: 'a', data: 'one' }), block({ name: 'b', data: 'two' }))).toEqual([
    'a: one',
    'b: two',
  ]);
});

test('if a pax header gives another size, both readings are followed', async () => {
  const pax = block({ name: 'p', type: 'x', data: '11 size=512\n' });
  const inner = block({ name: 'inner', data: 'hidden' });
  const found = await list(pax, block({ name: 'a', size: 0 }), inner);
  expect(found).toContain('inner: hidden');
  expect(found.some((one) => one.startsWith('a: inner'))).toBe(true);
});

test('a link has no data for Python, whatever its size field', async () => {
  expect(await list(block({ name: 'l', type: '2', size: 512 }), block({ name: 'b', data: 'two' }))).toContain('b: two');
});

test('a header with a wrong checksum is not a header', () => {
  const header = block({ name: 'a' }).subarray(0, 512);
  expect(isTarHeader(header)).toBe(true);
  header[0] = 0x62;
  expect(isTarHeader(header)).toBe(false);
  expect(isTarHeader(header.subarray(0, 100))).toBe(false);
});

test('headers that refer back to each other end', async () => {
  const self = block({ name: 'a', size: 0 });
  expect(await list(self, self, self)).toEqual([]);
});
