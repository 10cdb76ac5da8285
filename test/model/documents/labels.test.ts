import { expect, test } from 'vitest';
import { planTree } from '../../../src/archive/plan/plan-tree.ts';
import { defaultLimits } from '../../../src/core/limits.ts';
import { readLabels } from '../../../src/model/documents/labels.ts';
import { planContents } from '../../support/plan-files.ts';

const read = (content: string) =>
  readLabels(planTree('m.mar', planContents({ 'index_to_name.json': content })), defaultLimits);

test.each([
  ['names by number', '{"0":"cat","1":"dog"}', { 0: 'cat', 1: 'dog' }],
  ['lists, of which the last element counts', '{"0":["n01440764","tench"]}', { 0: 'tench' }],
  ['a list in the order of the classes', '{"object_type_names":["cat","dog"]}', { 0: 'cat', 1: 'dog' }],
  ['keys beside that list, which count for nothing', '{"note":7,"object_type_names":["cat"]}', { 0: 'cat' }],
  ['keys that are not class indices', '{"-1":"none","00":"zero","x":"y"}', { '-1': 'none', '00': 'zero', x: 'y' }],
  ['no names', '{}', {}],
])('accepts %s, as TorchServe does', async (_, content, names) => {
  const reading = await read(content);
  expect(reading.kind === 'ok' && Object.fromEntries(reading.names)).toEqual(names);
});

test.each([
  ['["cat"]', ''],
  ['"cat"', ''],
  ['{"0":1}', '/0'],
  ['{"0":[]}', '/0'],
  ['{"a/b":{}}', '/a~1b'],
  ['{"object_type_names":{"0":"cat"}}', '/object_type_names'],
  ['{"object_type_names":["cat",1]}', '/object_type_names/1'],
  ['{"0"', undefined],
  ['{"0":"cat","0":"dog"}', undefined],
])('refuses %s', async (content, pointer) => {
  expect(await read(content)).toEqual({
    kind: 'unreadable',
    reason: expect.any(String),
    ...(pointer === undefined ? {} : { pointer }),
  });
});

test('a missing file gives no labels', async () => {
  expect(await readLabels(planTree('m.mar', []), defaultLimits)).toEqual({ kind: 'missing' });
});
