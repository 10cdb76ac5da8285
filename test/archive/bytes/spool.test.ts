import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { spoolToTemp } from '../../../src/archive/bytes/spool.ts';

test('chunks can be read at random offsets from a temporary file that leaves nothing behind', async () => {
  async function* pieces() {
    yield Buffer.from('0123');
    yield Buffer.from('456789');
  }
  const source = await spoolToTemp(pieces(), 'm.pt');
  expect([source.label, source.size]).toEqual(['m.pt', 10]);
  expect(Buffer.from(await source.read(3, 3)).toString()).toBe('345');
  await source.close();
  expect((await readdir(tmpdir())).filter((name) => name.startsWith('ts-model-archiver-'))).toEqual([]);
});

test('a failing source is reported, and leaves nothing behind', async () => {
  async function* pieces() {
    yield Buffer.from('0123');
    throw new Error('torn');
  }
  await expect(spoolToTemp(pieces(), 'm.pt')).rejects.toThrow('torn');
  expect((await readdir(tmpdir())).filter((name) => name.startsWith('ts-model-archiver-'))).toEqual([]);
});
