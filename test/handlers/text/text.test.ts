/** What becomes of a text, against recordings of the official tokenizers library and of TorchServe's own cleaning. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../src/core/package-info.ts';
import { toNgrams, toWords } from '../../../src/handlers/text/clean-text.ts';
import { readTokenizer } from '../../../src/handlers/text/tokenizer.ts';
import { readVocabulary } from '../../../src/handlers/text/vocabulary.ts';
import { tempTree } from '../../support/temp-tree.ts';

const folder = join(packageRoot, 'test', 'fixtures', 'text');
const recorded = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

describe('toWords', () => {
  const cleaned: Record<string, string[]> = recorded('cleaned.json');

  test('gives the words TorchServe gives, for every contraction it knows', () => {
    expect(Object.keys(cleaned).length).toBeGreaterThan(200);
    expect(Object.fromEntries(Object.keys(cleaned).map((text) => [text, toWords(text)]))).toEqual(cleaned);
  });

  test('pairs follow the words', () => {
    expect(toNgrams(['a', 'b', 'c'])).toEqual(['a', 'b', 'c', 'a b', 'b c']);
    expect(toNgrams([])).toEqual([]);
  });
});

describe('readTokenizer', () => {
  const { encoded, truncatedTo4 }: Record<string, Record<string, number[]>> = recorded('encoded.json');

  test.each(Object.entries(encoded as object))('encodes %j as the official library does', async (text, ids) => {
    expect((await readTokenizer(folder))?.encode(text, undefined)).toEqual(ids);
  });

  test.each(Object.entries(truncatedTo4 as object))('cuts %j where the official library does', async (text, ids) => {
    expect((await readTokenizer(folder))?.encode(text, 4)).toEqual(ids);
  });

  test('a folder without the file has no tokenizer, and a file that is none is refused by name', async () => {
    expect(await readTokenizer(await tempTree({}))).toBeUndefined();
    await expect(readTokenizer(await tempTree({ 'tokenizer.json': '{"model":3}' }))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('tokenizer.json'),
    });
  });
});

describe('readVocabulary', () => {
  test.each([
    ['source_vocab.json', '{"<unk>":0,"good":1,"good film":7}'],
    ['source_vocab.json', '["<unk>","good"]'],
    ['source_vocab.txt', '<unk>\ngood\n'],
    ['source_vocab.txt', '<unk>\r\ngood'],
  ])('reads %s', async (name, content) => {
    const vocabulary = await readVocabulary(await tempTree({ [name]: content }));
    expect([vocabulary?.id('good'), vocabulary?.id('never seen')]).toEqual([1, 0]);
  });

  test('without <unk> a word that is not there has no id, also one that every object has', async () => {
    const vocabulary = await readVocabulary(await tempTree({ 'source_vocab.txt': 'good' }));
    expect(vocabulary?.id('constructor')).toBeUndefined();
  });

  test.each(['{', '{"a":-1}', '{"a":"b"}', '[1]', '3'])('refuses %s', async (content) => {
    await expect(readVocabulary(await tempTree({ 'source_vocab.json': content }))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});
