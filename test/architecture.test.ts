import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const src = join(root, 'src');

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  readonly lazy: boolean;
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split('\\').join('/'))
  .filter((file) => file.endsWith('.ts'))
  .sort();
const text = new Map(files.map((file) => [file, readFileSync(join(src, file), 'utf8')]));
const imports = new Map(files.map((file) => [file, findImports(text.get(file) as string)]));

function findImports(source: string): Import[] {
  const found: Import[] = [];
  const statement = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
  for (const match of source.matchAll(statement)) {
    const names = match[0].includes('{')
      ? match[0]
          .slice(match[0].indexOf('{') + 1, match[0].indexOf('}'))
          .split(',')
          .map((name) => name.trim())
          .filter(Boolean)
      : [];
    const allTypes = names.length > 0 && names.every((name) => name.startsWith('type '));
    found.push({ specifier: match[2] as string, typeOnly: match[1] !== undefined || allTypes, lazy: false });
  }
  for (const match of source.matchAll(/import\(\s*'([^']+)'\s*\)/g)) {
    found.push({ specifier: match[1] as string, typeOnly: isTypeQuery(source, match.index), lazy: true });
  }
  return found;
}

/** `typeof import('x')` and `import('x').Type` in a type position load nothing. */
function isTypeQuery(source: string, index: number): boolean {
  return (
    /typeof\s+$/.test(source.slice(0, index)) ||
    !/await\s+$|=>\s*$|return\s+$|\[\s*$|\(\s*$/.test(source.slice(0, index))
  );
}

const roomOf = (file: string) => (file.includes('/') ? (file.split('/')[0] as string) : file);
const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
const isRelative = (specifier: string) => specifier.startsWith('.');
const target = (file: string, specifier: string) => posix.normalize(posix.join(posix.dirname(file), specifier));

function readTable(heading: string): string[][] {
  const map = text.size > 0 ? readFileSync(join(src, 'README.md'), 'utf8') : '';
  const lines = map.slice(map.indexOf(heading)).split('\n');
  const start = lines.findIndex((line) => line.startsWith('|---'));
  const rows: string[][] = [];
  for (const line of lines.slice(start + 1)) {
    if (!line.startsWith('|')) break;
    rows.push(
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  }
  return rows;
}

const list = (cell: string | undefined) =>
  (cell ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '' && item !== '–');
const rooms = new Map(
  readTable('## Rooms').map(([room, , allowed, packages]) => [
    room as string,
    { allowed: list(allowed), packages: new Set(list(packages)) },
  ]),
);

test('every folder of src is a room of the map, and every room exists', () => {
  const folders = new Set(files.filter((file) => file.includes('/')).map(roomOf));
  expect([...folders].sort()).toEqual([...rooms.keys()].sort());
});

describe.each([...rooms])('room %s', (room, { allowed, packages }) => {
  const own = files.filter((file) => roomOf(file) === room);
  const full = new Set(allowed.filter((entry) => !entry.includes('(types only)')));
  const typesOnly = new Set(
    allowed.filter((entry) => entry.includes('(types only)')).map((entry) => entry.split(' ')[0] as string),
  );

  test('imports only the rooms the map allows', () => {
    const wrong = own.flatMap((file) =>
      (imports.get(file) ?? [])
        .filter(({ specifier }) => isRelative(specifier))
        .map(({ specifier, typeOnly }) => ({ file, to: target(file, specifier), typeOnly }))
        .filter(
          ({ to, typeOnly }) =>
            roomOf(to) !== room && !full.has(roomOf(to)) && !(typeOnly && typesOnly.has(roomOf(to))),
        )
        .map(({ file, to }) => `${file} → ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  test('imports only the packages the map allows', () => {
    const wrong = own.flatMap((file) =>
      (imports.get(file) ?? [])
        .filter(
          ({ specifier, typeOnly }) =>
            !typeOnly &&
            !isRelative(specifier) &&
            !specifier.startsWith('node:') &&
            !packages.has(packageOf(specifier)),
        )
        .map(({ specifier }) => `${file} → ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });
});

test.each(
  readTable('A package that is optional').map(([name, file]) => [name as string, (file as string).replaceAll('`', '')]),
)('%s is imported lazily and by %s alone', (name, file) => {
  const importers = [...imports].filter(([, found]) =>
    found.some(({ specifier, typeOnly }) => !typeOnly && packageOf(specifier) === name),
  );
  expect(importers.map(([importer]) => importer)).toEqual([file]);
  const eager = (imports.get(file) ?? []).filter(
    ({ specifier, typeOnly, lazy }) => packageOf(specifier) === name && !typeOnly && !lazy,
  );
  expect(eager).toEqual([]);
});

test('no file imports itself in a circle, not even for a type', () => {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (path.includes(file) || done.has(file)) return;
    for (const { specifier, lazy } of imports.get(file) ?? []) {
      if (isRelative(specifier) && !lazy) visit(target(file, specifier), [...path, file]);
    }
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});

/** What is loaded with a file. */
function loadedWith(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const { specifier, typeOnly, lazy } of imports.get(file) ?? [])
    if (isRelative(specifier) && !typeOnly && !lazy) loadedWith(target(file, specifier), found);
  return found;
}

test('a worker starts without the readers of archives, weights and code', () => {
  const loaded = [...loadedWith('serve/worker/main.ts')];
  expect(loaded).toContain('model/model-folder.ts');
  expect(loaded.filter((file) => /^(archive\/(zip|tar)|source|weights\/.*\/read)/.test(file))).toEqual([]);
});

test('mar inspect reads one format of weights without the readers of the rare ones', () => {
  expect(loadedWith('weights/index.ts')).toContain('weights/onnx/read.ts');
  expect(loadedWith('weights/index.ts')).not.toContain('weights/read-named.ts');
});

/** Folder → the folders that its files import from, types included. */
function folderImports(): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>();
  for (const [file, found] of imports) {
    const from = posix.dirname(file);
    const targets = found
      .filter(({ specifier, lazy }) => isRelative(specifier) && !lazy)
      .map(({ specifier }) => posix.dirname(target(file, specifier)))
      .filter((to) => to !== from);
    edges.set(from, new Set([...(edges.get(from) ?? []), ...targets]));
  }
  return edges;
}

/** Each set of folders that reach one another by imports, sorted by name. */
function findFolderCircles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const reach = new Map([...edges.keys()].map((folder) => [folder, reachableFrom(folder, edges)]));
  const circleOf = (folder: string) =>
    [...(reach.get(folder) ?? [])].filter((other) => reach.get(other)?.has(folder) === true).sort();
  const circles = [...edges.keys()].map(circleOf).filter((circle) => circle.length > 0);
  return [...new Map(circles.map((circle) => [circle.join(' '), circle])).values()];
}

function reachableFrom(start: string, edges: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const found = new Set<string>();
  const open = [start];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    for (const next of edges.get(folder) ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      open.push(next);
    }
  }
  return found;
}

test('folder circles are found over any number of folders, and a tree has none', () => {
  const edges = (pairs: readonly string[]) => {
    const map = new Map<string, Set<string>>();
    for (const [from = '', to = ''] of pairs.map((pair) => pair.split('>')))
      map.set(from, new Set([...(map.get(from) ?? []), to]));
    return map;
  };
  expect(findFolderCircles(edges(['a>b', 'b>c', 'c>a', 'd>a']))).toEqual([['a', 'b', 'c']]);
  expect(findFolderCircles(edges(['a>b', 'b>c', 'a>c']))).toEqual([]);
});

/** Rooms that still have folder circles. The list may only shrink: an entry that is no longer true fails the test. */
const roomsWithCircles: readonly string[] = [];

test('no folders import each other in a circle, not even for types', () => {
  const circles = findFolderCircles(folderImports());
  const between = circles.filter((circle) => new Set(circle.map((folder) => folder.split('/')[0])).size > 1);
  expect(between).toEqual([]);
  const known = new Set(roomsWithCircles);
  expect(circles.filter(([folder = '']) => !known.has(roomOf(`${folder}/`)))).toEqual([]);
  expect([...new Set(circles.map(([folder = '']) => roomOf(`${folder}/`)))].sort()).toEqual([...known].sort());
});

const MAX_FOLDER_FILES = 15;
/** Folders that are still larger. The list may only shrink. */
const largeFolders: readonly string[] = [];

test(`no folder holds more than ${MAX_FOLDER_FILES} files`, () => {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(posix.dirname(file), (counts.get(posix.dirname(file)) ?? 0) + 1);
  const large = [...counts].filter(([, count]) => count > MAX_FOLDER_FILES).map(([folder]) => folder);
  expect(large.sort()).toEqual([...largeFolders].sort());
});

describe('code of a worker process', () => {
  const isWorker = (file: string) => file.startsWith('serve/worker/');
  const edges = [...imports].flatMap(([file, found]) =>
    found
      .filter(({ specifier }) => isRelative(specifier))
      .map(({ specifier }) => [file, target(file, specifier)] as const),
  );

  test('is imported by nothing outside serve/worker', () => {
    const found = edges.filter(([file, to]) => !isWorker(file) && isWorker(to)).map(([file, to]) => `${file} → ${to}`);
    expect(found).toEqual([...[]]);
  });

  test('imports only the protocol, handlers, model, weights and core', () => {
    const allowed = /^(serve\/(worker|protocol)|handlers|model|weights|core)\//;
    const found = edges
      .filter(([file, to]) => isWorker(file) && !allowed.test(to))
      .map(([file, to]) => `${file} → ${to}`);
    expect(found).toEqual([]);
  });
});

test('process globals are touched in cli and in the worker process alone', () => {
  const wrong = files
    .filter((file) => roomOf(file) !== 'cli' && !file.startsWith('serve/worker/'))
    .filter((file) =>
      /\bprocess\.(argv|env|stdout|stderr|stdin|exit|cwd|chdir)\b|\bconsole\./.test(
        withoutComments(text.get(file) as string),
      ),
    );
  expect(wrong).toEqual([]);
});

test('nothing throws a bare Error', () => {
  const wrong = files.filter((file) =>
    /\bthrow new (Type|Range)?Error\(/.test(withoutComments(text.get(file) as string)),
  );
  expect(wrong).toEqual([]);
});

test('no file of src passes 300 lines', () => {
  const long = files.filter((file) => (text.get(file) as string).split('\n').length > 300);
  expect(long).toEqual([]);
});

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

/** Type assertions a thousand lines; those that are left say beside them why the types cannot. */
const MAX_CASTS = 1.5;

/** `x as T`, but for `as const`, which asserts nothing, and for names that an import or export changes. */
function countCasts(source: string): number {
  const code = withoutComments(source)
    .replace(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, "''")
    .replace(/^(?:import|export)\s+(?:type\s+)?(?:\*|\{)[^;]*;/gm, '');
  return [...code.matchAll(/[\w$)\]}'] as (?!const\b)[\w$({[]/g)].length;
}

test(`src has at most ${MAX_CASTS} type assertions a thousand lines`, () => {
  const sources = [...text.values()];
  const casts = sources.reduce((sum, source) => sum + countCasts(source), 0);
  const lines = sources.reduce((sum, source) => sum + source.split('\n').length - 1, 0);
  expect((casts / lines) * 1000).toBeLessThanOrEqual(MAX_CASTS);
});

test('type assertions are counted, and nothing that only reads like one', () => {
  expect(countCasts('const a = b as unknown as C;\nconst d = (e as F)[0] as G;')).toBe(4);
  expect(countCasts("import { a as b } from 'c';\nexport { a as b };\n// d as E\nconst f = 'g as H' as const;")).toBe(
    0,
  );
});

test('every path named in the map exists', () => {
  const map = readFileSync(join(src, 'README.md'), 'utf8');
  const named = [
    ...map.matchAll(
      /`((?:core|archive|weights|source|model|handlers|pack|validate|serve|commands|ui|cli)\/[a-z0-9/-]+\.(?:ts|md))`/g,
    ),
  ].map((match) => match[1] as string);
  const missing = named.filter(
    (file) => !/\/x\.ts$/.test(file) && !files.includes(file) && !relative(src, join(src, file)).endsWith('.md'),
  );
  expect(missing).toEqual([]);
});

/** Each reads one document of an archive; `ModelFacts` calls it, and everybody else asks the facts. */
const documentReaders: Readonly<Record<string, readonly string[]>> = {
  readManifest: ['model/read-facts.ts'],
  readWorkflowManifest: ['model/workflow/read-workflow.ts'],
  readModelConfig: ['model/read-facts.ts'],
  readRequirements: ['model/read-facts.ts'],
  readRecord: ['model/read-facts.ts'],
  readWorkflow: ['model/read-facts.ts'],
  parsePython: ['model/read-facts.ts'],
  parseModule: ['model/read-facts.ts'],
};

test.each(Object.entries(documentReaders))('%s is called by %s alone', (reader, callers) => {
  const calls = new RegExp(`(?<!function )\\b${reader}\\(`);
  const found = files.filter((file) => calls.test(withoutComments(text.get(file) as string)));
  expect(found).toEqual(callers);
});

test('a file of weights is read by the facts of an archive alone, and by the packer before there is one', () => {
  const importers = [...imports].filter(([file, found]) =>
    found.some(
      ({ specifier, typeOnly }) => !typeOnly && isRelative(specifier) && target(file, specifier) === 'weights/index.ts',
    ),
  );
  const outside = importers.map(([file]) => file).filter((file) => !file.startsWith('model/'));
  expect(outside).toEqual(['pack/companions.ts', 'pack/prepare-record.ts', 'validate/rules/weights/sound.ts']);
});

test('a rule lies in the file that its id names, and no file holds two', () => {
  const ids = files
    .filter((file) => file.startsWith('validate/rules/'))
    .flatMap((file) =>
      [...(text.get(file) as string).matchAll(/^ {2}id: '([a-z0-9/-]+)'/gm)].map(([, id]) => `${file} ${id}`),
    );
  expect(ids.length).toBeGreaterThan(30);
  expect(ids.filter((found) => !/^validate\/rules\/(.+)\.ts \1$/.test(found))).toEqual([]);
});
