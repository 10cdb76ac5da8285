import { expect, test } from 'vitest';
import { pythonStandardLibrary, torchServePackages } from '../../src/source/python-modules.ts';

test('Python’s own modules and those of TorchServe’s image are two lists', () => {
  for (const name of ['os', 'json', 'zoneinfo', 'distutils']) expect(pythonStandardLibrary.has(name), name).toBe(true);
  for (const name of ['torch', 'ts', 'PIL', 'numpy']) expect(torchServePackages.has(name), name).toBe(true);
  expect([...torchServePackages].filter((name) => pythonStandardLibrary.has(name))).toEqual([]);
  expect(pythonStandardLibrary.has('transformers')).toBe(false);
});
