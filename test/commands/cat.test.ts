import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cat } from '../../src/commands/cat.ts';
import { testContext } from '../support/context.ts';
import { makeMar } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';

async function read(member: string): Promise<string> {
  const root = await tempTree();
  await makeMar(join(root, 'm.mar'), { files: { 'a/labels.txt': 'cat\ndog\n' } });
  const pieces: Buffer[] = [];
  for await (const piece of cat({ path: 'm.mar', member }, testContext(root))) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString();
}

test('a member is written byte for byte', async () => {
  expect(await read('a/labels.txt')).toBe('cat\ndog\n');
});

test('a missing member is MEMBER_NOT_FOUND', async () => {
  await expect(read('labels.txt')).rejects.toMatchObject({ code: 'MEMBER_NOT_FOUND' });
});
