import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { bufferSource } from '../../src/core/byte-source.ts';
import { readWeights } from '../../src/weights/index.ts';

const load = (file: string) => readFileSync(new URL(`../fixtures/weights/${file}`, import.meta.url));

async function read(bytes: Uint8Array | string, name: string) {
  const { detected, facts, problems } = await readWeights(bufferSource(name, Buffer.from(bytes)), name);
  return { detected, facts, rules: problems.map(({ rule }) => rule), messages: problems.map(({ message }) => message) };
}

it.each([
  ['XML of something else', '<?xml version="1.0"?><svg/>', 'web page or XML document'],
  ['JSON with a learner that is a word', '{"learner": "Ada"}', 'JSON document'],
  ['a poem about a tree', 'tree\nversion of a branch\n', 'text file'],
])('%s is not a model', async (_what, text, detected) => {
  expect(await read(text, 'm.txt')).toMatchObject({ detected, rules: ['weights/not-weights'] });
});

it('XML without an end, with own entities or wrong nesting is refused, not expanded', async () => {
  const net = '<net name="m" version="11">';
  for (const text of [
    net,
    `${net}<layers>`,
    `${net}</layers></net>`,
    `${net}<!DOCTYPE x [<!ENTITY a "b">]></net>`,
    `${net}<layers${' '.repeat(50_000)}`,
  ])
    expect(await read(text, 'm.xml'), text.slice(0, 60)).toMatchObject({
      detected: 'OpenVINO',
      rules: ['weights/malformed'],
    });
});

it('UBJSON with counts and nesting that the file cannot hold is refused at once', async () => {
  const head = load('xgboost/binary.ubj').subarray(0, 17);
  const huge = Buffer.concat([head, Buffer.from('5b2464234c7fffffffffffffff', 'hex')]);
  expect(await read(huge, 'm.ubj')).toMatchObject({ facts: undefined, rules: ['weights/malformed'] });
  const deep = Buffer.concat([head, Buffer.from('['.repeat(100_000))]);
  expect((await read(deep, 'm.ubj')).messages[0]).toContain('nested too deeply');
  const endless = Buffer.concat([head, Buffer.from('5b245a234c7fffffffffffffff7d7d', 'hex')]);
  expect(await read(endless, 'm.ubj')).toMatchObject({ detected: 'XGBoost' });
});

it('truncated or deeply nested JSON is refused', async () => {
  expect((await read(`{"learner":{"a":${'{"a":'.repeat(5000)}`, 'm.json')).rules).toEqual(['weights/malformed']);
  expect((await read('{"learner":{"a":1', 'm.json')).rules).toEqual(['weights/malformed']);
});

it('the binary form of XGBoost is recognised', async () => {
  expect(await read(Buffer.concat([Buffer.from('binf'), Buffer.alloc(200)]), 'm.bin')).toMatchObject({
    detected: 'XGBoost',
    facts: { encoding: 'binary' },
    rules: [],
  });
});
