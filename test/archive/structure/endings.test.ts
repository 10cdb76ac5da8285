import { expect, test } from 'vitest';
import { archiveStem, isTgzName } from '../../../src/archive/structure/endings.ts';

test.each([
  ['a/m.mar', 'm'],
  ['m.tar.gz', 'm'],
  ['M.TGZ', 'M'],
  ['m.v2.war', 'm.v2'],
  ['m.onnx', 'm.onnx'],
  ['folder', 'folder'],
])('archiveStem(%j)', (path, stem) => expect(archiveStem(path)).toBe(stem));

test('isTgzName takes both endings, and a .gz of something else for none', () => {
  expect(['m.tar.gz', 'm.tgz', 'm.gz', 'm.mar', 'tgz'].map(isTgzName)).toEqual([true, true, false, false, false]);
});
