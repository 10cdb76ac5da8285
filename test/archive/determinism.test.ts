import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import { tempTree } from '../support/temp-tree.ts';
import { findTool, runTool } from '../support/tools.ts';

/** Packs the tree below a folder on the built product, in a process of its own; prints nothing. */
const SCRIPT = `
const { openArchive } = await import('${join(packageRoot, 'dist/archive/open.js')}');
const { writeArchive } = await import('${join(packageRoot, 'dist/archive/write.js')}');
const [source, target, format] = process.argv.slice(1);
const tree = await openArchive(source);
const files = (await tree.list()).map((entry) => ({ ...entry, origin: entry.path, open: () => tree.open(entry.path) }));
await writeArchive({ target, format, files, topFolder: 'model' });
`;

const files = {
  'text.txt': 'the same line again and again\n'.repeat(120_000),
  'b/small.txt': 'small',
  'ünïcode.bin': Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * index) % 251)),
};

async function digestOf(root: string, variant: Variant, format: string): Promise<string> {
  const source = join(root, variant.folder);
  const target = join(root, `${variant.name}.${format}`);
  const node = [process.execPath, '--input-type=module', '-e', SCRIPT, source, target, format];
  const [program, ...args] = [...(variant.prefix ?? []), ...node];
  const { exitCode, stderr } = await runTool(program as string, args, { cwd: root, env: variant.env ?? {} });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return createHash('sha256')
    .update(await readFile(target))
    .digest('hex');
}

interface Variant {
  readonly name: string;
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly prefix?: readonly string[];
}

test.each(['zip', 'tgz'])('%s: the bytes depend on names and contents only', async (format) => {
  const root = await tempTree(
    Object.fromEntries(Object.entries(files).map(([path, content]) => [`in/${path}`, content])),
  );
  // The same files written in another order, elsewhere, later.
  await mkdir(join(root, 'other place/b'), { recursive: true });
  for (const [path, content] of Object.entries(files).reverse())
    await writeFile(join(root, 'other place', path), content);
  await cp(join(root, 'in'), join(root, 'dated'), { recursive: true, preserveTimestamps: true });
  const taskset = findTool('taskset');
  const shell = findTool('sh') as string;
  const variants: Variant[] = [
    { name: 'zone', folder: 'in', env: { TZ: 'Asia/Kathmandu', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' } },
    { name: 'place', folder: 'other place' },
    { name: 'threads', folder: 'dated', env: { UV_THREADPOOL_SIZE: '1' } },
    { name: 'umask', folder: 'in', prefix: [shell, '-c', 'umask 077; exec "$@"', 'sh'] },
    ...(taskset ? [{ name: 'core', folder: 'in', prefix: [taskset, '-c', '0'] }] : []),
  ];
  const expected = await digestOf(root, { name: 'plain', folder: 'in' }, format);
  for (const variant of variants)
    expect([variant.name, await digestOf(root, variant, format)]).toEqual([variant.name, expected]);
});
