import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../src/core/package-info.ts';
import { type Ended, runTool } from './support/tools.ts';

const INSTALL_LIMIT = 120_000;
const windows = process.platform === 'win32';
const optionalPackages = ['onnxruntime-node', 'sharp', 'esbuild', '@huggingface/tokenizers'];
/** npm's words for a registry that cannot be reached: the machine's lack, not the package's fault. */
const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED/;

function npm(cwd: string, ...args: string[]): Promise<Ended> {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js')) return runTool(process.execPath, [script, ...args], { cwd });
  return windows ? runTool('cmd.exe', ['/d', '/s', '/c', 'npm', ...args], { cwd }) : runTool('npm', args, { cwd });
}

let project: string;
let packed: string[];
let problem: string | undefined;

/** What a user gets: the tarball of `npm pack`, installed in an empty project without the optional packages. */
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'tsma-package-'));
  const made = await npm(packageRoot, 'pack', '--json', '--pack-destination', project);
  if (made.exitCode !== 0) throw new Error(made.stderr);
  const [tarball] = JSON.parse(made.stdout) as [{ filename: string; files: { path: string }[] }];
  packed = tarball.files.map(({ path }) => path);
  await npm(project, 'init', '--yes');
  const flags = ['--omit=optional', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  const installed = await npm(project, 'install', ...flags, join(project, tarball.filename));
  if (installed.exitCode === 0) return;
  if (!unreachable.test(installed.stderr)) throw new Error(installed.stderr);
  problem = `the registry cannot be reached: ${installed.stderr.split('\n')[0]}`;
}, INSTALL_LIMIT);

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
  test('holds the commands, the library, the schemas and the templates, and no sources, tests or scripts', () => {
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
      expect.arrayContaining(['README.md', 'LICENSE', 'package.json', 'templates/digits/digits.onnx']),
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

test('every dependency is sealed by the lock file, and only optional ones may run a script when they are installed', async () => {
  interface Locked {
    readonly integrity?: string;
    readonly hasInstallScript?: true;
    readonly optional?: true;
    readonly dev?: true;
  }
  const lock = JSON.parse(await readFile(join(packageRoot, 'package-lock.json'), 'utf8'));
  const locked = Object.entries(lock.packages as Record<string, Locked>).filter(([path]) => path !== '');
  expect(locked.length).toBeGreaterThan(50);
  for (const [path, { integrity }] of locked) expect(integrity, path).toMatch(/^sha512-/);
  const running = locked.filter(([, { hasInstallScript, optional, dev }]) => hasInstallScript && !optional && !dev);
  expect(running).toEqual([]);
});
