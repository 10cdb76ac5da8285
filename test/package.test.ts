import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../src/core/package-info.ts';
import { withCertificates } from './support/machine-certificates.ts';
import { type Ended, runTool } from './support/tools.ts';

/** A registry that has not given a hundred packages by then, which mostly lie in npm's cache, does not answer. */
const INSTALL_LIMIT_MS = 180_000;
const PATIENCE = ['--fetch-timeout=30000', '--fetch-retries=2', '--fetch-retry-mintimeout=1000'];
const windows = process.platform === 'win32';
const optionalPackages = ['onnxruntime-node', 'sharp', 'esbuild', '@huggingface/tokenizers'];
/** npm's words for a registry that cannot be reached, or does not have (yet) what the lock file names: the machine's lack, not the package's fault. */
const unreachable =
  /\b(ENOTFOUND|EAI_AGAIN|ECONN\w+|E?TIMEDOUT|E(NET|HOST)UNREACH|EPIPE|EPROTO|ENOTCACHED|ETARGET|E40[1347]|E429|E5\d\d|ERR_SOCKET_TIMEOUT|FETCH_ERROR|\w*CERT\w*)\b/;

function npm(cwd: string, ...args: string[]): Promise<Ended> {
  const script = process.env.npm_execpath;
  const options = { cwd, timeoutMs: INSTALL_LIMIT_MS, env: withCertificates() };
  if (script?.endsWith('.js')) return runTool(process.execPath, [script, ...args], options);
  return windows ? runTool('cmd.exe', ['/d', '/s', '/c', 'npm', ...args], options) : runTool('npm', args, options);
}

let project: string;
let packed: string[];
let problem: string | undefined;

type Locked = Readonly<Record<'optional' | 'dev' | 'hasInstallScript', true | undefined>> & {
  readonly integrity?: string;
};

/** Every entry of the lock file but the first, by its path: what is installed. */
async function readLocked(): Promise<[path: string, facts: Locked][]> {
  const lock = JSON.parse(await readFile(join(packageRoot, 'package-lock.json'), 'utf8'));
  return Object.entries(lock.packages as Record<string, Locked>).filter(([path]) => path !== '');
}

/** A project that depends on the tarball alone, with the versions of our lock file: what others publish tonight changes nothing here. */
async function writeProject(tarball: string): Promise<void> {
  const name = 'ts-model-archiver';
  const own = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'));
  const { version, dependencies, optionalDependencies, bin, engines, overrides } = own;
  const root = { name: 'project', version: '1.0.0', dependencies: { [name]: `file:${tarball}` }, overrides };
  const needed = (await readLocked()).filter(([, { dev }]) => !dev);
  const packages = {
    '': root,
    [`node_modules/${name}`]: {
      version,
      resolved: `file:${tarball}`,
      dependencies,
      optionalDependencies,
      bin,
      engines,
    },
    ...Object.fromEntries(needed),
  };
  const lock = { ...root, lockfileVersion: 3, requires: true, packages };
  await writeFile(join(project, 'package.json'), JSON.stringify(root));
  await writeFile(join(project, 'package-lock.json'), JSON.stringify(lock));
}

/** What a user gets: the tarball of `npm pack`, installed in an empty project without the optional packages. */
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'tsma-package-'));
  const made = await npm(packageRoot, 'pack', '--json', '--pack-destination', project);
  if (made.exitCode !== 0) throw new Error(made.stderr);
  const [tarball] = JSON.parse(made.stdout) as [{ filename: string; files: { path: string }[] }];
  packed = tarball.files.map(({ path }) => path);
  await writeProject(tarball.filename);
  const flags = ['--omit=optional', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  const installed = await npm(project, 'ci', ...flags, ...PATIENCE);
  if (installed.exitCode === 0) return;
  const isLate = installed.exitCode === null;
  if (!isLate && !unreachable.test(installed.stderr)) throw new Error(installed.stderr);
  problem = `the registry cannot be reached: ${isLate ? 'no end in sight' : installed.stderr.split('\n')[0]}`;
}, 2 * INSTALL_LIMIT_MS);

afterAll(() => rm(project, { recursive: true, force: true }));

/** A command as it lies in node_modules/.bin, its output as a text or, where it fails, as the error. */
async function installed(command: string, ...args: string[]): Promise<Ended> {
  const program = join(project, 'node_modules', '.bin', command);
  return windows
    ? runTool('cmd.exe', ['/d', '/s', '/c', `${program}.cmd`, ...args], { cwd: project })
    : runTool(program, args, { cwd: project });
}

async function well(command: string, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await installed(command, ...args);
  expect(`${exitCode} ${stderr}`, `${command} ${args.join(' ')}`).toMatch(/^0 /);
  return stdout;
}

async function packDigits(): Promise<void> {
  await cp(join(packageRoot, 'templates', 'digits'), join(project, 'digits'), { recursive: true });
  await well(
    'ts-model-archiver',
    ...[
      '--model-name',
      'digits',
      '--version',
      '1.0',
      '--serialized-file',
      'digits/digits.onnx',
      '--handler',
      'image_classifier',
    ],
    ...['--extra-files', 'digits/index_to_name.json', '--config-file', 'digits/model-config.yaml', '--force'],
  );
}

describe('the package of npm pack', () => {
  test('holds the commands, the library, the schemas, the templates and the pages, and no sources, tests or scripts', () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        'bin/mar.js',
        'bin/ts-model-archiver.js',
        'dist/index.js',
        'dist/index.d.ts',
        'dist/handlers/sdk.d.ts',
      ]),
    );
    expect(packed).toEqual(
      expect.arrayContaining(['README.md', 'CHANGELOG.md', 'LICENSE', 'package.json', 'templates/digits/digits.onnx']),
    );
    expect(packed).toEqual(
      expect.arrayContaining([
        'docs/migrate-from-torchserve.md',
        'docs/cli/pack.md',
        'assets/terminal.svg',
        'assets/playground.png',
      ]),
    );
    expect(packed.some((path) => path.startsWith('schemas/'))).toBe(true);
    expect(packed.filter((path) => /^(src|test|scripts|\.ci|\.github)\//.test(path))).toEqual([]);
  });
});

describe('the package, installed alone and without the optional packages,', () => {
  test('packs, validates, inspects and extracts', async ({ skip }) => {
    if (problem !== undefined) return skip(problem);
    const modules = await readdir(join(project, 'node_modules'));
    expect(modules.filter((name) => optionalPackages.includes(name) || name === '@huggingface')).toEqual([]);
    await packDigits();
    expect(JSON.parse(await well('mar', 'validate', 'digits.mar', '--json'))).toMatchObject({ schemaVersion: 1 });
    expect(JSON.parse(await well('mar', 'inspect', 'digits.mar', '--json'))).toMatchObject({
      manifest: { value: { model: { modelName: 'digits' } } },
    });
    await well('mar', 'extract', 'digits.mar', '--output', 'out');
    const original = await readFile(join(packageRoot, 'templates', 'digits', 'digits.onnx'));
    expect(await readFile(join(project, 'out', 'digits.onnx'))).toEqual(original);
  });

  test('says what to install when it is asked to run a model', async ({ skip }) => {
    if (problem !== undefined) return skip(problem);
    await packDigits();
    const { exitCode, stderr } = await installed('mar', 'predict', 'digits.mar', '-i', 'digits/samples/7-a.png');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('onnxruntime-node');
    expect(stderr).toContain('npm install');
  });

  test('is a library of pack, validate, inspect, extract, serve and predict', async ({ skip }) => {
    if (problem !== undefined) return skip(problem);
    const script = "const library = await import('ts-model-archiver'); console.log(Object.keys(library).join(' '))";
    const { stdout, stderr } = await runTool(process.execPath, ['--input-type=module', '-e', script], { cwd: project });
    expect(stderr).toBe('');
    expect(stdout.trim().split(' ')).toEqual(
      expect.arrayContaining(['pack', 'validate', 'inspect', 'extract', 'serve', 'predict']),
    );
  });
});

test('every dependency is sealed by the lock file, and only two optional ones run a script when they are installed', async () => {
  const locked = await readLocked();
  expect(locked.length).toBeGreaterThan(50);
  for (const [path, { integrity }] of locked) expect(integrity, path).toMatch(/^sha512-/);
  const running = locked.filter(([, { hasInstallScript, dev }]) => hasInstallScript && !dev);
  expect(running.map(([path, { optional }]) => [path, optional])).toEqual([
    ['node_modules/esbuild', true],
    ['node_modules/onnxruntime-node', true],
  ]);
  const unsealed = await readFile(join(packageRoot, 'package-lock.json'), 'utf8');
  expect(unsealed.match(/"resolved": .*/g), 'places to fetch from').toBeNull();
});
