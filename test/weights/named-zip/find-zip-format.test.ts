import { expect, test } from 'vitest';
import { findZipFormat } from '../../../src/weights/named-zip/find-zip-format.ts';

const find = (...names: string[]) => findZipFormat(names.map((name) => ({ name })))?.format;

test.each([
  ['keras', ['metadata.json', 'config.json', 'model.weights.h5']],
  ['skops', ['schema.json', 'a.npy', 'b.npz']],
  ['torch-export', ['m/archive_version', 'm/models/model.json']],
  ['torch-export', ['m/archive_version', 'm/data/aotinductor/model/a.so']],
  ['torch-export', ['serialized_exported_program.json', 'version']],
])('%s is recognised by its members: %j', (format, names) => {
  expect(find(...names)).toBe(format);
});

test.each([
  [['metadata.json', 'config.json']],
  [['schema.json', 'handler.py']],
  [['m/archive_version', 'm/data.pkl']],
  [['MAR-INF/MANIFEST.json', 'schema.json']],
  [[]],
])('%j is not recognised', (names) => {
  expect(find(...names)).toBeUndefined();
});
