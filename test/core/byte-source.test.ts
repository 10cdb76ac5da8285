import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bufferSource, openFile, readAll, sliceSource } from '../../src/core/byte-source.ts';
import { tempTree } from '../support/temp-tree.ts';

const bytes = Buffer.from('0123456789');

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(Buffer.from(piece));
  return Buffer.concat(all).toString();
}

const file = async () => openFile(join(await tempTree({ f: bytes }), 'f'));

describe.each([
  ['a buffer', async () => bufferSource('f', bytes)],
  ['a file', file],
  ['a slice', async () => sliceSource(bufferSource('f', Buffer.from('ab0123456789c')), 's', 2, 10)],
])('%s', (_, open) => {
  test('returns any range, by read and by stream', async () => {
    const source = await open();
    expect(source.size).toBe(10);
    expect(Buffer.from(await source.read(3, 4)).toString()).toBe('3456');
    expect(await collect(source.stream())).toBe('0123456789');
    expect(await collect(source.stream(8))).toBe('89');
    expect(await collect(source.stream(4, 4))).toBe('');
    await source.close();
  });

  test.each([
    [8, 3],
    [-1, 2],
  ])('has no bytes outside its range: %i, %i', async (offset, length) => {
    const source = await open();
    await expect(source.read(offset, length)).rejects.toMatchObject({ code: 'SOURCE_TRUNCATED' });
    await source.close();
  });
});

test('a file truncated while it is open is SOURCE_TRUNCATED', async () => {
  const path = join(await tempTree({ f: bytes }), 'f');
  const source = await openFile(path);
  await writeFile(path, '01');
  await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'SOURCE_TRUNCATED' });
  await source.close();
});

test('a folder and a missing file have different codes', async () => {
  const folder = await tempTree();
  await expect(openFile(folder)).rejects.toMatchObject({ code: 'NOT_A_FILE' });
  await expect(openFile(join(folder, 'gone'), 'label file')).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
    message: expect.stringContaining('No label file at'),
  });
});

test('a source is read whole only within a limit', async () => {
  expect((await readAll(bufferSource('f', bytes), 10)).toString()).toBe('0123456789');
  await expect(readAll(bufferSource('f', bytes), 9)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
});
