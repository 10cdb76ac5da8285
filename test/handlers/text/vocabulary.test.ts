import { expect, test } from 'vitest';
import { readVocabulary } from '../../../src/handlers/text/vocabulary.ts';
import { tempTree } from '../../support/temp-tree.ts';

test.each([
  ['a map', { 'source_vocab.json': '{"<unk>":0,"good":7}' }, 7],
  ['a list', { 'source_vocab.json': '["<unk>","good"]' }, 1],
  ['lines', { 'source_vocab.txt': '<unk>\r\ngood\r\n' }, 1],
])('%s of tokens gives their ids, and the id of <unk> for others', async (_, files, id) => {
  const vocabulary = await readVocabulary(await tempTree(files));
  expect([vocabulary?.size, vocabulary?.id('good'), vocabulary?.id('other')]).toEqual([2, id, 0]);
});

test('without <unk> an unknown token has no id, and a missing file gives no vocabulary', async () => {
  expect((await readVocabulary(await tempTree({ 'source_vocab.txt': 'good\n' })))?.id('other')).toBeUndefined();
  expect(await readVocabulary(await tempTree())).toBeUndefined();
});

test('another form is CONFIG_INVALID', async () => {
  const folder = await tempTree({ 'source_vocab.json': '{"good":-1}' });
  await expect(readVocabulary(folder)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
