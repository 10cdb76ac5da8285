import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readArchive } from '../../../src/archive/read.ts';
import { makeZip } from '../../support/make-zip.ts';
import { tempTree } from '../../support/temp-tree.ts';

async function verify(bytes: Buffer) {
  const path = join(await tempTree(), 'm.mar');
  await writeFile(path, bytes);
  const reading = await readArchive(path);
  try {
    return (await reading.verify()).map(({ rule, at }) => [rule, at.member]);
  } finally {
    await reading.close();
  }
}

const members = [
  { name: 'a', content: 'content of a', deflate: true },
  { name: 'b', content: 'content of b' },
];

test('valid members have no finding', async () => {
  expect(await verify(makeZip(members))).toEqual([]);
});

test('a changed byte is found, stored or deflated', async () => {
  const bytes = makeZip(members);
  bytes.write('X', bytes.indexOf('content of b'));
  expect(await verify(bytes)).toEqual([['archive/crc', 'b']]);
  const crc = { 14: 1 };
  expect(
    await verify(makeZip([{ name: 'a', content: 'x', deflate: true, patchLocal: crc, patchCentral: { 16: 1 } }])),
  ).toEqual([['archive/crc', 'a']]);
});
