import { expect, test } from 'vitest';
import { planTree } from '../../../src/archive/plan/plan-tree.ts';
import { readMemberBytes, readMemberText } from '../../../src/core/documents/text-member.ts';
import { planContents } from '../../support/plan-files.ts';

const tree = planTree('m.mar', planContents({ 'a.txt': '\ufeffé', bad: Buffer.from([0xff]) }));

test('the text of a member keeps its byte order mark', async () => {
  expect(await readMemberText(tree, 'a.txt', 10)).toEqual({ kind: 'ok', text: '\ufeffé' });
});

test('a member above the limit is not read', async () => {
  expect(await readMemberBytes(tree, 'a.txt', 4)).toEqual({
    kind: 'unreadable',
    reason: 'it has 5 bytes, more than the limit of 4',
  });
});

test('a member that is not UTF-8 has bytes, but no text', async () => {
  expect(await readMemberBytes(tree, 'bad', 10)).toMatchObject({ kind: 'ok' });
  expect(await readMemberText(tree, 'bad', 10)).toEqual({ kind: 'unreadable', reason: 'it is not UTF-8' });
});

test('a missing member is MEMBER_NOT_FOUND', async () => {
  await expect(readMemberText(tree, 'gone', 10)).rejects.toMatchObject({ code: 'MEMBER_NOT_FOUND' });
});
