import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { extractTree } from '../../src/archive/extract.ts';
import { openArchive } from '../../src/archive/open.ts';
import { createFindingLog } from '../../src/archive/structure/findings.ts';
import { writtenFormats } from '../../src/archive/structure/formats.ts';
import { checkName, checkNamesTogether } from '../../src/archive/structure/names.ts';
import { writeArchive } from '../../src/archive/write.ts';
import { defaultLimits } from '../../src/core/limits.ts';
import { planContents } from '../support/plan-files.ts';
import { tempTree } from '../support/temp-tree.ts';

/** Components that are near one another and near what is refused. */
const component = fc.oneof(
  fc.constantFrom(
    'a',
    'A',
    'é',
    'e\u0301',
    'É',
    'ß',
    'SS',
    'ss',
    'ſ',
    's',
    'İ',
    'i',
    'I',
    'K',
    'k',
    'Å',
    'Å',
    'con',
    'a.',
    'a ',
    '..',
    '.',
    'x y',
    '中',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
);
const name = fc.array(component, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));

function isAccepted(names: readonly string[]): boolean {
  const log = createFindingLog('property');
  const members = names.map((text) => ({ name: text, isFolder: false, size: 0, offset: 0 }));
  for (const member of members) checkName(member, defaultLimits, log);
  if (log.findings.length === 0) checkNamesTogether(members, log);
  return log.findings.length === 0;
}

test('two accepted names never become one file, on three models of a file system', () => {
  const models = {
    linux: (path: string) => path,
    /** APFS and HFS+: decomposed and case-insensitive. */
    macos: (path: string) => path.normalize('NFD').toLowerCase(),
    /** NTFS: each unit upper-cased by itself; the Windows API drops final dots and spaces. */
    windows: (path: string) =>
      [...path.replace(/[. ]+(?=\/|$)/g, '')]
        .map((letter) => (letter.toUpperCase().length === letter.length ? letter.toUpperCase() : letter))
        .join(''),
  };
  fc.assert(
    fc.property(name, name, (one, two) => {
      fc.pre(isAccepted([one, two]));
      for (const fold of Object.values(models)) {
        const [a, b] = [fold(one), fold(two)];
        expect(a).not.toBe(b);
        expect(a.startsWith(`${b}/`) || b.startsWith(`${a}/`)).toBe(false);
      }
    }),
    { numRuns: 3000 },
  );
});

test('any tree extracts to what was packed, in every format', async () => {
  const trees = fc
    .dictionary(name, fc.uint8Array({ maxLength: 3000 }), { maxKeys: 8 })
    .map((tree) => new Map(Object.entries(tree)))
    .filter((tree) => isAccepted([...tree.keys()]));
  await fc.assert(
    fc.asyncProperty(trees, fc.constantFrom(...writtenFormats), async (tree, format) => {
      const root = await tempTree();
      const target = join(root, 'archive');
      await writeArchive({ target, format, files: planContents(Object.fromEntries(tree)), topFolder: 'top' });
      const opened = await openArchive(target);
      await extractTree(opened, join(root, 'out'));
      await opened.close();
      const files = (await readdir(join(root, 'out'), { recursive: true, withFileTypes: true })).filter((item) =>
        item.isFile(),
      );
      expect(files.map((item) => relative(join(root, 'out'), join(item.parentPath, item.name))).sort()).toEqual(
        [...tree.keys()].sort(),
      );
      for (const [path, content] of tree) {
        expect(Buffer.compare(await readFile(join(root, 'out', path)), content)).toBe(0);
      }
    }),
    { numRuns: 60 },
  );
});
