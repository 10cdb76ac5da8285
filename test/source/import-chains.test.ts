import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createImportChains, toShownPath } from '../../src/source/import-chains.ts';

test('the chain from the handler to a file is shown, through the first importer of each', () => {
  const folder = join('/', 'work');
  const file = (name: string) => join(folder, name);
  const chains = createImportChains(folder);
  chains.add(file('handler.ts'), './a', file('a.ts'));
  chains.add(file('a.ts'), 'x', file('node_modules/x/index.js'));
  chains.add(file('b.ts'), 'x', file('node_modules/x/index.js'));
  chains.add(file('a.ts'), './handler', file('handler.ts'));
  expect(chains.to(file('node_modules/x/index.js'))).toBe('handler.ts → a.ts → node_modules/x/index.js');
  expect([chains.has(file('a.ts'), 'x'), chains.has(file('a.ts'), 'y')]).toEqual([true, false]);
});

test('a circular import ends', () => {
  const chains = createImportChains('/');
  chains.add('/a', './b', '/b');
  chains.add('/b', './a', '/a');
  expect(chains.to('/b')).toBe('b → a → b'.slice(4));
});

test('a path shows nothing of the folders above the handler', () => {
  expect(toShownPath('../../home/me/node_modules/x/y.js')).toBe('node_modules/x/y.js');
  expect(toShownPath('../../home/me/lib/y.js')).toBe('lib/y.js');
});
