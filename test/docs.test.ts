import { execFile } from 'node:child_process';
import { cp, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../src/core/package-info.ts';
import { tempTree } from './support/temp-tree.ts';

const run = promisify(execFile);
const readme = await readFile(join(packageRoot, 'README.md'), 'utf8');
const section = (heading: string) => readme.slice(readme.indexOf(`## ${heading}`)).split(/\n## /)[0] ?? '';

/** Shell blocks in the order a reader meets them; a block marked `sh` is run, any other fence is only shown. */
const howTos = [...section('How to').matchAll(/\*\*(.+?)\*\*[^\n]*(?:\n(?!\n?\*\*).*)*?\n```sh\n([\s\S]*?)```/g)];

test('the how-tos of the README run in order, as written, in a folder that holds the templates', async () => {
  expect(howTos.length).toBeGreaterThanOrEqual(3);
  const folder = await tempTree();
  await cp(join(packageRoot, 'templates'), join(folder, 'templates'), { recursive: true });
  const node = JSON.stringify(process.execPath);
  for (const [, title, script] of howTos) {
    // `npx` finds the commands of the package it stands in; the test names their files.
    const words = (script as string).replace(
      /npx ([a-z-]+)/g,
      (_all, name) => `${node} ${JSON.stringify(join(packageRoot, 'bin', `${name}.js`))}`,
    );
    await run('bash', ['-euc', words], { cwd: folder }).catch((error: { stderr: string }) => {
      expect.fail(`${title}\n${script}\n${error.stderr}`);
    });
  }
});

test('every command of the README is a command of the program, and the other way round', async () => {
  const { stdout } = await run(process.execPath, [join(packageRoot, 'bin/mar.js'), '--help']);
  const listed = [...stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}([a-z]+) /gm)].map((match) => match[1]);
  const documented = [...section('What you type').matchAll(/^\| `mar ([a-z]+)/gm)].map((match) => match[1]);
  expect([...documented, 'help'].sort()).toEqual([...listed].sort());
});

test('every file and folder that the README names is there', async () => {
  const pages = readme + (await readFile(join(packageRoot, 'docs/migrate-from-torchserve.md'), 'utf8'));
  const named = [...pages.matchAll(/`((?:src|test|templates|schemas|scripts|\.github)\/?[\w./-]*)`/g)].map(
    (match) => match[1] as string,
  );
  const missing: string[] = [];
  for (const path of named) if (!(await stat(join(packageRoot, path)).catch(() => undefined))) missing.push(path);
  expect(missing).toEqual([]);
});

describe('the packages of package.json', async () => {
  const { dependencies, optionalDependencies } = JSON.parse(
    await readFile(join(packageRoot, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string>>;
  const map = await readFile(join(packageRoot, 'src/README.md'), 'utf8');
  test.each(Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => name !== '@lezer/common'))(
    '%s has its job in the README and its reason in the map',
    (name) => {
      expect(section('Packages and their jobs')).toContain(name);
      expect(map.slice(map.indexOf('## Why each dependency'))).toContain(name);
    },
  );
});
