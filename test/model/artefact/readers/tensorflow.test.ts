import { expect, test } from 'vitest';
import { packFiles } from '../../../support/pack-printed.ts';

test.each([
  ['a SavedModel', { 'saved_model.pb': 'x', 'variables/variables.index': 'x' }, {}],
  ['one of Keras', { 'saved_model.pb': 'x', 'keras_metadata.pb': 'x' }, { framework: 'keras' }],
  ['a version of TensorFlow Serving', { '3/saved_model.pb': 'x', '3/variables/variables.index': 'x' }, {}],
  ['several versions: the highest', { '3/saved_model.pb': 'x', '12/saved_model.pb': 'x' }, { modelVersion: '12' }],
])('%s', async (_, files, facts) => {
  const { artefact, packed } = await packFiles(files);
  expect(artefact).toMatchObject({ tool: 'tensorflow', ...facts });
  expect(artefact?.pack.advice).toContain('serving_default');
  expect(packed?.model).toMatchObject({ handler: 'handler.py', serializedFile: 'saved_model.pb' });
});

test('deeper in a folder of other things it is not looked for', async () => {
  expect((await packFiles({ 'a/b/saved_model.pb': 'x', 'c.txt': 'x' })).artefact).toBeUndefined();
});
