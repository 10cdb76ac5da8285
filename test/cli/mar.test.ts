import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectResultSchema } from '../../src/commands/inspect/result.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { binPath, runCli } from '../support/run-cli.ts';
import { tempTree } from '../support/temp-tree.ts';

const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

async function folderWithMar(): Promise<string> {
  const cwd = await tempTree({ 'garbage.mar': 'no archive at all', 'folder/': '' });
  const files = { 'handler.py': 'def handle(data, context):\n    return data\n' };
  await makeMar(join(cwd, 'm.mar'), { files, manifest: manifestOf({}) });
  return cwd;
}

describe('usage', () => {
  test('a flag after the command belongs to the command, even if mar has one of that name', async () => {
    const cwd = await tempTree({ 'handler.py': 'def handle(data, context):\n    return data\n' });
    const args = ['pack', '-n', 'm', '--handler', 'handler.py', '--version', '2.5', '--json'];
    const { code, stdout } = await runCli('mar', args, { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ manifest: { model: { modelVersion: '2.5' } } });
    expect(await readdir(cwd)).toContain('m.mar');
    const other = await runCli('mar', ['inspect', '--version', 'm.mar'], { cwd });
    expect(other).toMatchObject({ code: 2, stdout: '' });
    expect(other.stderr).toContain("unknown option '--version'");
  });

  test('--version prints the version only', async () => {
    expect(await runCli('mar', ['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('--help is on stdout and lists every command', async () => {
    const { code, stdout, stderr } = await runCli('mar', ['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of ['pack', 'inspect', 'extract', 'validate', 'explain', 'predict', 'serve'])
      expect(stdout).toContain(`  ${name} `);
  });

  test.each(['pack', 'inspect', 'extract', 'validate', 'explain', 'predict', 'serve'])(
    '%s --help ends with examples',
    async (name) => {
      const { code, stdout } = await runCli('mar', [name, '--help']);
      expect(code).toBe(0);
      expect(stdout.slice(stdout.indexOf('Examples:'))).toContain(`  mar ${name}`);
    },
  );

  test.each([
    ['nothing at all', [], /Usage: mar/],
    ['an unknown command', ['inspct'], /unknown command 'inspct'\n\(Did you mean inspect\?\)/],
    ['an unknown flag', ['inspect', '--jsn', 'm.mar'], /unknown option '--jsn'\n\(Did you mean --json\?\)/],
    ['a missing argument', ['inspect'], /missing required argument 'archive'\nRun "mar inspect --help"/],
    ['one argument too many', ['inspect', 'a', 'b'], /too many arguments/],
    ['a value outside the choices', ['inspect', 'm.mar', '--progress', 'x'], /Allowed choices are auto, plain, none/],
    ['a missing value', ['extract', 'm.mar', '-o'], /argument missing/],
  ])('%s is wrong usage: exit 2, message on stderr', async (_, args, words) => {
    const { code, stdout, stderr } = await runCli('mar', args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/^error:/m);
  });
});

describe('failures', () => {
  test('a missing file: exit 3, path and next step on stderr', async () => {
    const run = await runCli('mar', ['inspect', 'gone.mar'], { cwd: await tempTree() });
    expect(run).toEqual({
      code: 3,
      stdout: '',
      stderr:
        'FILE_NOT_FOUND  No archive at gone.mar.\n  hint: Check the spelling and the folder the command runs in.\n',
    });
  });

  test('a folder that is not an archive is shown as a folder without a manifest', async () => {
    const { code, stdout } = await runCli('mar', ['inspect', 'folder'], { cwd: await folderWithMar() });
    expect(code).toBe(0);
    expect(stdout).toContain('manifest  none');
  });

  test('bytes that are not an archive: exit 1, and extract leaves nothing', async () => {
    const cwd = await folderWithMar();
    const before = await readdir(cwd);
    for (const args of [
      ['inspect', 'garbage.mar'],
      ['extract', 'garbage.mar'],
    ]) {
      const { code, stdout, stderr } = await runCli('mar', args, { cwd });
      expect({ args, code }).toEqual({ args, code: 1 });
      expect(stdout + stderr).toMatch(/ZIP/);
    }
    expect(await readdir(cwd)).toEqual(before);
  });

  test('an existing folder: exit 3 and the next step', async () => {
    const cwd = await folderWithMar();
    const { code, stderr } = await runCli('mar', ['extract', 'm.mar', '-o', 'folder'], { cwd });
    expect(code).toBe(3);
    expect(stderr).toMatch(/OUTPUT_EXISTS.*folder[\s\S]*--force/);
  });
});

describe('streams', () => {
  test('--json prints the result and nothing else on stdout', async () => {
    const { code, stdout, stderr } = await runCli('mar', ['inspect', 'm.mar', '--json'], {
      cwd: await folderWithMar(),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const result: unknown = JSON.parse(stdout);
    expect(inspectResultSchema.parse(result)).toEqual(result);
  });

  test('extract prints the created folder on stdout', async () => {
    const cwd = await folderWithMar();
    const { code, stdout } = await runCli('mar', ['extract', 'm.mar', '--json'], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, path: 'm.mar', target: join(cwd, 'm'), files: 2 });
  });

  test('--progress plain prints lines to stderr, also in a pipe; --quiet wins over it', async () => {
    const cwd = await folderWithMar();
    const digest = ['inspect', 'm.mar', '--digest', '--json', '--progress', 'plain'];
    expect((await runCli('mar', digest, { cwd })).stderr).toMatch(/^hash m\.mar {2}.* 100 %$/m);
    expect((await runCli('mar', [...digest, '--quiet'], { cwd })).stderr).toBe('');
  });

  test('--quiet omits the report of what was done, and keeps the output that was asked for', async () => {
    const cwd = await folderWithMar();
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await runCli('mar', [...args, '-q'], { cwd });
      expect([args, code, stderr]).toEqual([args, 0, '']);
      return stdout;
    };
    expect(await run('extract', 'm.mar', '-o', 'x')).toBe('');
    await writeFile(join(cwd, 'h.py'), 'def handle(data, context):\n    return data\n');
    expect(await run('pack', '-n', 'p', '--handler', 'h.py', '-f')).toBe('');
    expect(await run('repack', 'm.mar', '-o', 'r.tar.gz')).toBe('');
    expect(JSON.parse(await run('extract', 'm.mar', '-o', 'y', '--json'))).toMatchObject({ target: join(cwd, 'y') });
    expect(await run('pack', '-n', 'q', '--handler', 'h.py', '-f', '--dry-run')).toContain('nothing was written');
    expect(await run('inspect', 'm.mar')).toContain('m.mar');
  });

  test.each([
    ['a pipe', {}, false],
    ['FORCE_COLOR', { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR over NO_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, false],
  ])('colour with %s', async (_, env, colored) => {
    const { stdout } = await runCli('mar', ['inspect', 'm.mar'], { cwd: await folderWithMar(), env });
    expect(stdout.includes('\u001b[')).toBe(colored);
  });

  test('a reader that closes the pipe early is no failure', async () => {
    const cwd = await tempTree();
    const files = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`f${index}.txt`, '']));
    await makeMar(join(cwd, 'many.mar'), { files, manifest: manifestOf({ handler: 'base_handler' }) });
    const child = spawn(process.execPath, [binPath('mar'), 'inspect', 'many.mar', '--json'], { cwd });
    const errors: Buffer[] = [];
    child.stderr.on('data', (piece: Buffer) => errors.push(piece));
    child.stdout.destroy();
    const [code] = await once(child, 'close');
    expect({ code, stderr: Buffer.concat(errors).toString() }).toEqual({ code: 0, stderr: '' });
  });

  test.each(['mar', 'ts-model-archiver', 'ts-workflow-archiver'])(
    'a reader that closes the pipe of %s --help is no failure',
    async (command) => {
      const child = spawn(process.execPath, [binPath(command), '--help']);
      const errors: Buffer[] = [];
      child.stderr.on('data', (piece: Buffer) => errors.push(piece));
      child.stdout.destroy();
      const [code] = await once(child, 'close');
      expect({ code, stderr: Buffer.concat(errors).toString() }).toEqual({ code: 0, stderr: '' });
    },
  );

  test('a long result reaches a pipe whole', async () => {
    const cwd = await tempTree();
    const files = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`f${index}.txt`, '']));
    await makeMar(join(cwd, 'many.mar'), { files, manifest: manifestOf({ handler: 'base_handler' }) });
    const { stdout } = await runCli('mar', ['inspect', 'many.mar', '--json'], { cwd });
    expect((JSON.parse(stdout) as { files: unknown[] }).files).toHaveLength(3001);
  });
});
