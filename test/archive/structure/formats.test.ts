import { expect, test } from 'vitest';
import {
  archiveStem,
  endingOf,
  formatOfName,
  isWorkflowName,
  promisesManifest,
  writtenFormats,
} from '../../../src/archive/structure/formats.ts';

test.each([
  ['a/m.mar', 'm'],
  ['m.tar.gz', 'm'],
  ['M.TGZ', 'M'],
  ['m.v2.war', 'm.v2'],
  ['m.tar', 'm'],
  ['m.onnx', 'm.onnx'],
  ['folder', 'folder'],
])('archiveStem(%j)', (path, stem) => expect(archiveStem(path)).toBe(stem));

test.each([
  ['m.mar', 'zip'],
  ['M.WAR', 'zip'],
  ['m.zip', 'zip'],
  ['m.tar.gz', 'tgz'],
  ['m.tgz', 'tgz'],
  ['m.tar', 'tar'],
  ['m.gz', undefined],
  ['tgz', undefined],
  ['folder', undefined],
])('formatOfName(%j) is %j', (name, format) => expect(formatOfName(name)).toBe(format));

test('an archive is written with the ending of its format, a folder without one', () => {
  const promised = writtenFormats.map((format) => formatOfName(`m${endingOf(format)}`));
  expect(promised).toEqual(['zip', 'tgz', undefined]);
});

test('.mar and .war promise a manifest, .war one of a workflow', () => {
  const names = ['m.mar', 'm.WAR', 'm.zip', 'm.tar.gz'];
  expect(names.map(promisesManifest)).toEqual([true, true, false, false]);
  expect(names.map(isWorkflowName)).toEqual([false, true, false, false]);
});
