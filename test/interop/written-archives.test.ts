import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import { tempTree } from '../support/temp-tree.ts';
import { findTool, runOursWell } from '../support/tools.ts';
import { type Listed, listWithJava, listWithPython, listWithUnzipper, testWithUnzip, toListed } from './listing.ts';

const java = findTool('java');
const python = findTool('python3', 'python');
const unzip = findTool('unzip');
const digits = join(packageRoot, 'templates', 'digits');

/** Bytes that no method makes smaller, the same in every run (xorshift32). */
function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0, state = 0x9e3779b9; at < length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state;
  }
  return bytes;
}

interface Written {
  readonly archive: string;
  readonly expected: readonly Listed[];
}

/** An archive with what writers get wrong: nothing at all, noise, much that shrinks, names beyond ASCII, folders. */
async function write(format: string): Promise<Written> {
  const files: Record<string, string | Uint8Array> = {
    'empty.txt': '',
    'noise.bin': noise(1_000_003),
    'long.txt': 'the same line again and again\n'.repeat(100_000),
    'größe 数字 🙂.txt': 'a name beyond ASCII',
    'one.bin': Uint8Array.of(0),
    'inner/deep/note.txt': 'in folders',
  };
  const folder = await tempTree(
    Object.fromEntries(Object.entries(files).map(([path, content]) => [`in/${path}`, content])),
  );
  await cp(join(digits, 'digits.onnx'), join(folder, 'digits.onnx'));
  await runOursWell(
    'ts-model-archiver',
    [
      '--model-name',
      'digits',
      '--version',
      '1.0',
      '--serialized-file',
      'digits.onnx',
      '--handler',
      'image_classifier',
      '--extra-files',
      'in',
      '--archive-format',
      format,
      '--export-path',
      'out',
    ],
    { cwd: folder },
  );
  const archive = join(folder, 'out', format === 'tgz' ? 'digits.tar.gz' : 'digits.mar');
  const expected = [
    ...Object.entries(files).map(([path, content]) => toListed(path, Buffer.from(content))),
    toListed('digits.onnx', await readFile(join(digits, 'digits.onnx'))),
  ];
  return { archive, expected };
}

function withoutManifest(listed: readonly Listed[]): Listed[] {
  return listed.filter(({ path }) => path !== 'MAR-INF/MANIFEST.json');
}

/** Equal in names, sizes and bytes, each entry once, the manifest last as upstream writes it. */
function expectSame(listed: readonly Listed[], expected: readonly Listed[]): void {
  expect(listed.at(-1)?.path).toBe('MAR-INF/MANIFEST.json');
  const byPath = (a: Listed, b: Listed) => (a.path < b.path ? -1 : 1);
  expect(withoutManifest(listed).toSorted(byPath)).toEqual([...expected].sort(byPath));
}

describe.each(['default', 'zip-store'])('an archive written as %s', (format) => {
  test("is read member by member, with equal bytes, by TorchServe's stream reader (java.util.zip)", async ({
    skip,
  }) => {
    if (java === undefined) return skip('java is not on the PATH');
    const { archive, expected } = await write(format);
    expectSame(await listWithJava(java, archive), expected);
  });

  test("is read member by member, with equal bytes, by Python's zipfile", async ({ skip }) => {
    if (python === undefined) return skip('python3 is not on the PATH');
    const { archive, expected } = await write(format);
    expectSame(await listWithPython(python, archive), expected);
  });

  test('is read member by member, with equal bytes, by unzipper', async () => {
    const { archive, expected } = await write(format);
    expectSame(await listWithUnzipper(archive), expected);
  });

  test('passes unzip -t of Info-ZIP', async ({ skip }) => {
    if (unzip === undefined) return skip('unzip is not on the PATH');
    const { archive } = await write(format);
    expect(await testWithUnzip(unzip, archive)).toContain('No errors detected');
  });
});

test("a .tar.gz is read member by member, with equal bytes, by Python's tarfile", async ({ skip }) => {
  if (python === undefined) return skip('python3 is not on the PATH');
  const { archive, expected } = await write('tgz');
  const listed = await listWithPython(python, archive);
  const inside = listed.map((entry) => ({ ...entry, path: entry.path.replace(/^digits\//, '') }));
  expect(listed.every(({ path }) => path.startsWith('digits/'))).toBe(true);
  expectSame(inside, expected);
});
