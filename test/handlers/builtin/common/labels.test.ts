import { expect, test } from 'vitest';
import { readLabels } from '../../../../src/handlers/builtin/common/labels.ts';
import { tempTree } from '../../../support/temp-tree.ts';

const read = async (content?: string) =>
  readLabels(await tempTree(content === undefined ? {} : { 'index_to_name.json': content }));

test.each([
  ['names by index', '{"0":"cat","1":"dog"}', ['cat', 'dog', '2']],
  [
    'lists, of which the last element counts',
    '{"0":["n01440764","tench"],"1":["n01443537","goldfish"]}',
    ['tench', 'goldfish', '2'],
  ],
  ['object_type_names in order', '{"object_type_names":["cat","dog"]}', ['cat', 'dog', '2']],
])('readLabels accepts %s', async (_, content, names) => {
  const labels = await read(content);
  expect(labels.count).toBe(2);
  expect([0, 1, 2].map((index) => labels.name(index))).toEqual(names);
});

test('without a label file every class is called by its index', async () => {
  const labels = await read();
  expect([labels.count, labels.name(281)]).toEqual([0, '281']);
});

test.each(['[]', '"x"', '{"cat":0}', '{"0":1}', '{"0":[]}', '{"0":{}}', '{"0"', '{"object_type_names":[1]}'])(
  'readLabels refuses %s',
  async (content) => {
    await expect(read(content)).rejects.toMatchObject({ code: 'LABELS_INVALID' });
  },
);

test('a class named like a property of every object has only the label of the file', async () => {
  expect((await read('{"0":"__proto__"}')).name(0)).toBe('__proto__');
});
