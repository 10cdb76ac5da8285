/** README.md and docs/: what they name is there. Whether their commands work: test/docs/commands.test.ts. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { commands } from '../src/cli/commands/index.ts';
import { packageRoot } from '../src/core/package-info.ts';
import { type Page, pages, readPage } from './docs/pages.ts';

const packageJson = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
const readme = readPage('README.md');
/** Pages that are not published, or not ours to run. */
const others = [
  ...['.github/CONTRIBUTING.md', '.github/SECURITY.md', '.github/actions/mar-check/README.md', 'CHANGELOG.md'],
  ...['src/README.md', 'test/README.md'],
  ...readdirSync(join(packageRoot, 'templates')).map((name) => `templates/${name}/README.md`),
].map(readPage);
const section = ({ text }: Page, heading: string) => text.slice(text.indexOf(`## ${heading}`)).split(/\n## /)[0] ?? '';

/** Where the links of a page lead, without those that are addresses. */
function linksOf({ prose }: Page): string[] {
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => to as string).filter((to) => !/^[a-z]+:/.test(to));
}

/** File and number of each "contract 3.3" and "design decision 9"; a list ("contract 1.3, 1.6") counts each. */
async function collectCitations(
  folders: readonly string[],
): Promise<Record<'contract' | 'decisions', [string, string][]>> {
  const contract: [string, string][] = [];
  const decisions: [string, string][] = [];
  for (const folder of folders)
    for (const name of await readdir(join(packageRoot, folder), { recursive: true })) {
      if (!/\.(?:ts|js|py|md)$/.test(name) || name.includes('fixtures')) continue;
      const text = await readFile(join(packageRoot, folder, name), 'utf8');
      const collect = (list: [string, string][], pattern: RegExp) => {
        for (const [, numbers = ''] of text.matchAll(pattern))
          for (const number of numbers.split(/(?:,| and) /)) list.push([`${folder}/${name}`, number]);
      };
      collect(contract, /\bcontract ((?:\d(?:\.\d)?)(?:(?:,| and) \d\.\d)*)/gi);
      collect(decisions, /\bdesign decisions? (\d+(?:(?:,| and) \d+)*)/gi);
    }
  return { contract, decisions };
}

/** The anchors that a page's headings have. */
function anchorsOf({ prose }: Page): string[] {
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe.each([...pages, ...others].map((page) => [page.path, page] as const))('%s', (path, page) => {
  test('every link leads to a file, and to a heading where it names one', () => {
    const broken = linksOf(page).filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : posix.join(dirname(path), decodeURI(file));
      if (!existsSync(join(packageRoot, target))) return true;
      return anchor !== undefined && !anchorsOf(readPage(target)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test('every file and folder it names is there', () => {
    const named = [
      ...page.prose.matchAll(/`((?:src|test|templates|schemas|scripts|docs|assets|\.github)\/[\w./-]*)`/g),
    ];
    expect(named.map(([, file]) => file as string).filter((file) => !existsSync(join(packageRoot, file)))).toEqual([]);
  });
});

test('every `npm run` of a page is a script of package.json, and every test file it runs is there', () => {
  const texts = [...pages, ...others].map(({ path, text }) => [path, text] as const);
  const scripts = texts.flatMap(([path, text]) =>
    [...text.matchAll(/\bnpm (?:run|test) ?([a-z][a-z:-]*)?/g)].map(([, name = 'test']) => `${path}: ${name}`),
  );
  expect(scripts.length).toBeGreaterThan(10);
  expect(scripts.filter((line) => !((line.split(': ')[1] ?? '') in packageJson.scripts))).toEqual([]);
  const files = texts.flatMap(([, text]) => [...text.matchAll(/\btest\/[\w./-]+\.ts\b/g)].map(([file]) => file));
  expect(files.filter((file) => !existsSync(join(packageRoot, file)))).toEqual([]);
});

test('no link of a published page leads to what is not published', () => {
  const published = ['README.md', 'LICENSE', 'CHANGELOG.md', 'package.json', ...packageJson.files];
  const outside = pages.flatMap((page) =>
    linksOf(page)
      .map((link) => posix.join(dirname(page.path), link.split('#')[0] ?? ''))
      .filter((target) => !published.some((part) => target === part || target.startsWith(`${part}/`) || target === '.'))
      .filter((target) => target !== dirname(page.path))
      .map((target) => `${page.path} → ${target}`),
  );
  expect(outside).toEqual([]);
});

test('the README is one page', () => {
  expect(readme.text.split('\n').length).toBeLessThan(150);
});

test('every command has an example of its function in docs/library.md', () => {
  const { fences } = readPage('docs/library.md');
  const imported = fences.flatMap(({ text }) =>
    [...text.matchAll(/import \{([^}]*)\} from 'ts-model-archiver'/g)].flatMap(([, names = '']) =>
      names.split(',').map((name) => name.trim()),
    ),
  );
  expect(commands.map(({ name }) => name).filter((name) => !imported.includes(name))).toEqual([]);
});

describe('the packages of package.json', async () => {
  const { dependencies, optionalDependencies } = packageJson as Record<string, Record<string, string>>;
  const map = await readFile(join(packageRoot, 'src/README.md'), 'utf8');
  const names = Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => name !== '@lezer/common');
  test.each(names)('%s has its reason in the map', (name) => {
    expect(map.slice(map.indexOf('## Why each dependency'))).toContain(name);
  });

  test.each(['commander', 'archiver', 'unzipper', 'zod', 'onnxruntime-node', 'chalk', 'ora', 'vitest'])(
    '%s has its job in the README',
    (name) => {
      expect(section(readme, 'Packages and their jobs')).toContain(name);
    },
  );
});

describe('what comments cite', async () => {
  const cited = await collectCitations(['src', 'test', 'scripts']);
  const headings = [...readPage('docs/contract.md').prose.matchAll(/^##+ (\d(?:\.\d)?)\.? /gm)].map(
    ([, number]) => number,
  );
  const map = readFileSync(join(packageRoot, 'src/README.md'), 'utf8');
  const decisions = [...map.slice(map.indexOf('## Decisions')).matchAll(/^(\d+)\. \*\*/gm)].map(([, number]) => number);

  test('every section of the contract is in docs/contract.md', () => {
    expect(cited.contract.length).toBeGreaterThan(50);
    expect(cited.contract.filter(([, number]) => !headings.includes(number))).toEqual([]);
  });

  test('every design decision is in src/README.md', () => {
    expect(cited.decisions.length).toBeGreaterThan(3);
    expect(cited.decisions.filter(([, number]) => !decisions.includes(number))).toEqual([]);
    expect(decisions).toEqual(decisions.map((_, at) => String(at + 1)));
  });
});

test('every function of the library is called by an example of docs/library.md', () => {
  const exported = readFileSync(join(packageRoot, 'src/index.ts'), 'utf8').replace(/export type \{[^}]*\}/g, '');
  const names = [...exported.matchAll(/export \{([^}]*)\}/g)]
    .flatMap(([, list = '']) => list.split(',').map((name) => name.trim()))
    .filter((name) => name !== '' && !name.startsWith('type '));
  const examples = readPage('docs/library.md').fences.filter(({ language }) => language === 'js');
  expect(names.length).toBeGreaterThan(10);
  expect(
    names.filter((name) => !examples.some(({ text }) => new RegExp(`\\b${name}\\b(?! from)[(. )]`).test(text))),
  ).toEqual([]);
});

test('docs/cli and the list of commands of the README are what `npm run docs` writes', async () => {
  const check = promisify(execFile)(process.execPath, [join(packageRoot, 'scripts/docs.js'), '--check']);
  await expect(check).resolves.toMatchObject({ stderr: '' });
});
