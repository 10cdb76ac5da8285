import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findConfig, readDataConfig } from '../../../src/core/documents/config-file.ts';
import { tempTree } from '../../support/temp-tree.ts';

test('the first existing file is found; a folder with the name is skipped', async () => {
  const folder = await tempTree({ 'a.json/': '', 'b.yaml': 'x: 1\n', 'c.json': '{}' });
  expect(await findConfig(['a.json', 'b.yaml', 'c.json'], folder)).toBe('b.yaml');
  expect(await findConfig(['a.json'], folder)).toBeUndefined();
});

test('JSON is known by its ending, any other file is YAML', async () => {
  const folder = await tempTree({ 'c.json': '{"x": [1]}', 'c.yaml': 'x: [1]\n' });
  for (const name of ['c.json', 'c.yaml']) expect(await readDataConfig(join(folder, name))).toEqual({ x: [1] });
});

test('invalid YAML is reported with its line', async () => {
  const folder = await tempTree({ 'c.yaml': 'x: 1\ny: [\n' });
  await expect(readDataConfig(join(folder, 'c.yaml'))).rejects.toThrow(/ at line \d/);
});
