import { expect, test } from 'vitest';
import { type PackInput, planArchive } from '../../src/pack/plan.ts';

const input = (destination: string, origin = destination): PackInput => ({
  role: 'extra file',
  destination,
  origin,
  size: 1,
  mode: 0o644,
  absolute: `/${origin}`,
});
const paths = (inputs: PackInput[]) => planArchive(inputs, {}).files.map(({ path }) => path);

test('planArchive sorts by UTF-8 bytes and puts the manifest last', () => {
  expect(paths([input('y'), input('a/b'), input('Z'), input('ü'), input('\u{1F600}'), input('\uFF5E')])).toEqual([
    'Z',
    'a/b',
    'y',
    'ü',
    '\uFF5E',
    '\u{1F600}',
    'MAR-INF/MANIFEST.json',
  ]);
});

test('planArchive keeps the later of two files with one name and reports both', () => {
  const { files, collisions } = planArchive(
    [input('model.py', 'src/model.py'), input('model.py', 'extra/model.py')],
    {},
  );
  expect(files.map(({ origin }) => origin)).toEqual(['extra/model.py', 'the new manifest']);
  expect(collisions).toMatchObject([
    { path: 'model.py', kept: { origin: 'extra/model.py' }, lost: { origin: 'src/model.py' } },
  ]);
});

test('planArchive treats names that differ only in case as one file', () => {
  expect(planArchive([input('A.txt'), input('a.txt')], {}).collisions).toHaveLength(1);
});

test('planArchive reports no collision for one file listed twice', () => {
  expect(planArchive([input('a.txt'), input('a.txt')], {}).collisions).toEqual([]);
});

test("planArchive replaces an input's own MAR-INF/MANIFEST.json by the new manifest", () => {
  const { files, collisions } = planArchive([input('MAR-INF/MANIFEST.json', 'old/MAR-INF/MANIFEST.json')], {});
  expect(files).toHaveLength(1);
  expect(files[0]?.origin).toBe('the new manifest');
  expect(collisions).toHaveLength(1);
});

test.each(['../x', 'a\\b', 'a\nb', 'aux', 'a ', ''])('planArchive refuses the name %j', (name) => {
  expect(() => planArchive([input(name, 'origin')], {})).toThrow(expect.objectContaining({ code: 'UNSAFE_NAME' }));
});

test('planArchive refuses a name that is both a file and a folder', () => {
  expect(() => planArchive([input('a'), input('a/b')], {})).toThrow(expect.objectContaining({ code: 'UNSAFE_NAME' }));
});
