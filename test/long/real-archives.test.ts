import { createWriteStream, existsSync } from 'node:fs';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/core/finding.ts';
import { archiveFindings, verdictOf } from '../support/archive-verdict.ts';
import { tempTree } from '../support/temp-tree.ts';
import { findTool, runTool } from '../support/tools.ts';

/** No false alarm: archives that real tools wrote are accepted, or refused for a reason that is written down here. */
const explained: Readonly<Record<string, string>> = {
  'archive/name-encoding':
    'names beyond ASCII that do not say they are UTF-8 (Info-ZIP on Unix): Java and Python see different names',
  'archive/descriptor-stored':
    "streaming writers (Go, torch.save, archiver with store): TorchServe's reader cannot load these",
  'archive/special-file': 'links: TorchServe makes empty files of them',
  'archive/collision': 'names that differ only in case: one would vanish on macOS and Windows',
  'archive/duplicate': 'the same name twice: readers differ on which one counts',
  'archive/file-as-folder': 'a file that is also a folder where case is ignored: cannot be unpacked there',
  'archive/prefix': 'a program before the archive: a self-extracting file or a zipapp',
  'archive/central-bounds': 'a program before the archive, with offsets that do not count it',
  'archive/flags': 'flags without a use here',
  'archive/name-windows': 'names that Windows cannot store',
};

const ENDINGS = /\.(jar|whl|egg|npz|zip|tgz|tar\.gz|nupkg|odt|docx|xlsx)$/;
/** Test data of other projects is broken on purpose. */
const NOT_REAL = /\/(test|tests|testdata|fixtures|hostile|bench-results)\//;
const MOST_BYTES = 100 * 1024 ** 2;
const MOST_ARCHIVES = 600;

const places = (
  process.env.TSMA_REAL_ARCHIVES?.split(':') ?? [
    '/usr/share',
    '/usr/lib',
    '/opt',
    join(homedir(), '.m2'),
    join(homedir(), '.pyenv'),
    join(homedir(), '.cache'),
  ]
).filter(existsSync);

async function findArchives(): Promise<string[]> {
  const found: string[] = [];
  const folders = [...places];
  for (let folder = folders.pop(); folder !== undefined && found.length < MOST_ARCHIVES; folder = folders.pop()) {
    for (const item of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const path = join(folder, item.name);
      if (NOT_REAL.test(path)) continue;
      if (item.isDirectory()) folders.push(path);
      else if (item.isFile() && ENDINGS.test(path) && (await stat(path)).size <= MOST_BYTES) found.push(path);
    }
  }
  return found;
}

const refusals = (findings: readonly Finding[]) => [
  ...new Set(findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule)),
];

test('archives found on this machine: jars, wheels, npz, tar.gz', async () => {
  const archives = await findArchives();
  const kinds = new Map<string, number>();
  const refused = new Map<string, string[]>();
  for (const path of archives) {
    const findings = await archiveFindings(path);
    const kind = ENDINGS.exec(path)?.[1] ?? '';
    if (verdictOf(findings) !== 'reject') kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    for (const rule of refusals(findings)) refused.set(rule, [...(refused.get(rule) ?? []), path]);
  }
  const accepted = [...kinds.values()].reduce((sum, count) => sum + count, 0);
  console.log(
    `${accepted} of ${archives.length} accepted: ${[...kinds].map(([kind, count]) => `${count} ${kind}`).join(', ')}`,
  );
  for (const [rule, paths] of refused)
    console.log(`refused by ${rule}: ${paths.length}, ${explained[rule]}; such as ${paths[0]}`);
  expect([...refused.keys()].filter((rule) => !(rule in explained))).toEqual([]);
});

describe('archives written by every installed writer', () => {
  const contents = {
    'model/a.txt': 'some text '.repeat(500),
    'model/sub/b.bin': Buffer.from([0, 1, 2, 255]),
    'model/empty': '',
    'model/ünïcode.txt': 'é',
  };
  const python = findTool('python3', 'python');
  const torchPython = ['/usr/bin/python3', python].find((path) => path !== undefined && existsSync(path));
  const zipfile = `import sys, zipfile, os
with zipfile.ZipFile(sys.argv[1], 'w', int(sys.argv[2])) as z:
    for root, _, names in os.walk('model'):
        for name in names: z.write(os.path.join(root, name))`;
  const writers: Readonly<Record<string, readonly (string | undefined)[]>> = {
    'Info-ZIP': [findTool('zip'), '-qr', 'OUT.zip', 'model', '-x', '*code.txt'],
    'Info-ZIP, stored, without folders': [findTool('zip'), '-qr0D', 'OUT.zip', 'model', '-x', '*code.txt'],
    '7-Zip': [findTool('7z', '7zz', '7za'), 'a', '-tzip', '-bd', 'OUT.zip', 'model'],
    'Python zipfile, deflated': [python, '-c', zipfile, 'OUT.zip', '8'],
    'Python zipfile, stored': [python, '-c', zipfile, 'OUT.zip', '0'],
    'Python shutil, tar.gz': [python, '-c', "import shutil; shutil.make_archive('OUT', 'gztar', '.', 'model')"],
    'Java jar': [findTool('jar'), 'cf', 'OUT.jar', 'model'],
    'Java jar, stored': [findTool('jar'), 'c0f', 'OUT.jar', 'model'],
    'GNU tar': [findTool('tar'), 'czf', 'OUT.tar.gz', 'model'],
    'GNU tar of "."': [findTool('tar'), 'czf', 'OUT.tar.gz', '-C', 'model', '.'],
    'GNU tar, pax': [findTool('tar'), '--format=posix', '-czf', 'OUT.tar.gz', 'model'],
    'npm pack': [findTool('npm'), 'pack', '--silent', '--ignore-scripts', './model'],
  };

  test.each(Object.entries(writers))('%s', async (name, [program, ...args]) => {
    if (program === undefined) return console.log(`skipped: ${name} is not installed here`);
    const root = await tempTree(contents);
    await writeFile(join(root, 'model/package.json'), '{"name":"model","version":"1.0.0"}');
    const { exitCode, stderr } = await runTool(program, args as string[], { cwd: root, env: { LC_ALL: 'C.UTF-8' } });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const written = (await readdir(root)).filter((file) => file !== 'model');
    expect(written).toHaveLength(1);
    const findings = await archiveFindings(join(root, written[0] as string));
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  test('Info-ZIP does not flag a name as UTF-8, and Python reads another one: refused', async () => {
    const zip = findTool('zip');
    if (zip === undefined) return console.log('skipped: Info-ZIP is not installed here');
    const root = await tempTree(contents);
    await runTool(zip, ['-qr', 'OUT.zip', 'model'], { cwd: root, env: { LC_ALL: 'C.UTF-8' } });
    expect(refusals(await archiveFindings(join(root, 'OUT.zip')))).toEqual(['archive/name-encoding']);
  });

  test('archiver, deflated and stored: only the stored one is refused, for its form only', async () => {
    const { ZipArchive } = await import('archiver');
    const root = await tempTree(contents);
    for (const store of [false, true]) {
      const zip = new ZipArchive({ store });
      zip.directory(join(root, 'model'), 'model');
      const done = pipeline(zip, createWriteStream(join(root, 'OUT.zip')));
      await Promise.all([zip.finalize(), done]);
      expect(refusals(await archiveFindings(join(root, 'OUT.zip')))).toEqual(
        store ? ['archive/descriptor-stored'] : [],
      );
    }
  });

  test('torch.save: a valid ZIP except for the descriptors after stored members', async () => {
    const root = await tempTree();
    const script = "import torch; torch.save({'w': torch.zeros(100)}, 'model.pt')";
    const { exitCode } = await runTool(torchPython ?? 'python3', ['-c', script], { cwd: root });
    if (exitCode !== 0) return console.log('skipped: torch is not installed here');
    expect(refusals(await archiveFindings(join(root, 'model.pt')))).toEqual(['archive/descriptor-stored']);
  });
});
