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

  test('splits into TorchServe’s words, for every contraction it knows', () => {
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

  test.each(Object.entries(truncatedTo4 as object))('truncates %j as the official library does', async (text, ids) => {
    expect((await readTokenizer(folder))?.encode(text, 4)).toEqual(ids);
  });

  test.each(['byte-level', 'unigram', 'whitespace', 'whitespace-split'])(
    '%s encodes as the official library does',
    async (kind) => {
      const tokenizer = await readTokenizer(join(folder, kind));
      const expected: Record<string, number[]> = recorded(join(kind, 'encoded.json'));
      const ours = Object.keys(expected).map((text) => [text, tokenizer?.encode(text, undefined)]);
      expect(Object.fromEntries(ours)).toEqual(expected);
    },
  );

  const definition = () => readFileSync(join(folder, 'byte-level', 'tokenizer.json'), 'utf8');
  const withConfig = async (config: unknown) =>
    readTokenizer(await tempTree({ 'tokenizer.json': definition(), 'tokenizer_config.json': JSON.stringify(config) }));

  test.each([
    ['"<pad>" as a text', '<pad>'],
    ['an added token', { __type: 'AddedToken', content: '<pad>' }],
  ])('tokenizer_config.json gives the padding token as %s', async (_, token) => {
    expect((await withConfig({ pad_token: token }))?.padId).toBe(1);
    expect((await withConfig({ pad_token: null }))?.padId).toBe(0);
  });

  test('tokenizer_config.json limits the length, unless its number means no limit', async () => {
    expect((await withConfig({ model_max_length: 512 }))?.maxLength).toBe(512);
    expect((await withConfig({ model_max_length: 1e30 }))?.maxLength).toBeUndefined();
  });

  test('a word without an id is the client’s mistake if there is no unknown token', async () => {
    const words = JSON.parse(readFileSync(join(folder, 'whitespace', 'tokenizer.json'), 'utf8'));
    const { unk_token: _, ...model } = words.model;
    const tokenizer = await readTokenizer(await tempTree({ 'tokenizer.json': JSON.stringify({ ...words, model }) }));
    expect(() => tokenizer?.encode('neverseen', undefined)).toThrow(/not in the vocabulary of tokenizer\.json/);
  });

  test('a folder without the file has no tokenizer, and an invalid file is refused by name', async () => {
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

  test('without <unk> an unknown word has no id, also one named like a property of every object', async () => {
    const vocabulary = await readVocabulary(await tempTree({ 'source_vocab.txt': 'good' }));
    expect(vocabulary?.id('constructor')).toBeUndefined();
  });

  test.each(['{', '{"a":-1}', '{"a":"b"}', '[1]', '3'])('refuses %s', async (content) => {
    await expect(readVocabulary(await tempTree({ 'source_vocab.json': content }))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});
