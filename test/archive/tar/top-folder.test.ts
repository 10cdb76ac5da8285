import { expect, test } from 'vitest';
import { createFindingLog } from '../../../src/archive/structure/findings.ts';
import { cutTopFolder } from '../../../src/archive/tar/top-folder.ts';

type Member = Parameters<typeof cutTopFolder>[0][number];

function cut(...names: string[]) {
  const log = createFindingLog('m');
  const members = names.map((name) => ({ name: name.replace(/\/$/, ''), isFolder: name.endsWith('/') }) as Member);
  const kept = cutTopFolder(members, () => {}, log).map(({ name }) => name);
  return [kept, log.findings.map(({ rule }) => rule)];
}

test.each([
  ['one top folder is cut', ['m/', 'm/a', 'm/b/c'], ['a', 'b/c'], []],
  ['"./" is cut, as tar -C writes it', ['./', './a', './b/c'], ['a', 'b/c'], []],
  ['two top folders stay', ['m/a', 'n/b'], ['m/a', 'n/b'], ['archive/flat-tar']],
  ['a file beside the folder keeps it', ['m/a', 'b'], ['m/a', 'b'], ['archive/flat-tar']],
  [
    'the manifest’s own folder is not a top folder',
    ['MAR-INF/MANIFEST.json'],
    ['MAR-INF/MANIFEST.json'],
    ['archive/flat-tar'],
  ],
])('%s', (_, names, kept, rules) => {
  expect(cut(...names)).toEqual([kept, rules]);
});
