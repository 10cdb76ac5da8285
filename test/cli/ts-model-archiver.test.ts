import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { tempTree } from '../support/temp-tree.ts';

const handler = 'def handle(data, context):\n    return data\n';
const base = ['--model-name', 'm', '-v', '1.0', '--handler', 'handler.py'];

const archiver = (args: readonly string[], cwd: string) => runCli('ts-model-archiver', args, { cwd });

test('packing in a pipe is silent', async () => {
  const cwd = await tempTree({ 'handler.py': handler });
  expect(await archiver(base, cwd)).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(await readdir(cwd)).toEqual(['handler.py', 'm.mar']);
});

test('an empty value of a file flag counts as absent', async () => {
  const cwd = await tempTree({ 'handler.py': handler });
  const args = [...base, '--serialized-file', '', '--extra-files=', '-r', '', '--archive-format', 'no-archive'];
  expect((await archiver(args, cwd)).code).toBe(0);
  expect(await readdir(join(cwd, 'm'))).toEqual(['MAR-INF', 'handler.py']);
});

test('a missing export path is created, with a warning', async () => {
  const cwd = await tempTree({ 'handler.py': handler });
  const { code, stdout, stderr } = await archiver([...base, '--export-path', 'new/sub'], cwd);
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(stderr).toBe('WARNING - Export directory (new/sub) does not exist. Creating...\n');
  expect(await readdir(join(cwd, 'new/sub'))).toEqual(['m.mar']);
});

test('--compression store keeps bytes unchanged', async () => {
  const cwd = await tempTree({ 'handler.py': handler.repeat(100) });
  await archiver([...base, '--compression', 'store'], cwd);
  expect((await readFile(join(cwd, 'm.mar'))).includes(handler.repeat(100))).toBe(true);
});

describe('--validate', () => {
  const files = { 'handler.py': handler, 'model.onnx': 'this is no model' };
  const args = [...base, '--serialized-file', 'model.onnx'];

  test('warns in the original’s form and packs, unless told otherwise', async () => {
    const cwd = await tempTree(files);
    const { code, stdout, stderr } = await archiver(args, cwd);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^WARNING - .*model\.onnx/m);
  });

  test('error stops before anything is written', async () => {
    const cwd = await tempTree({ ...files, 'handler.py': 'def handle(:\n' });
    const { code, stderr } = await archiver([...args, '--validate', 'error'], cwd);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ERROR - .*handler\.py/m);
    expect((await readdir(cwd)).sort()).toEqual(['handler.py', 'model.onnx']);
  });

  test.each([[['--validate', 'off']], [['--quiet']]])('%j prints nothing', async (flags) => {
    const cwd = await tempTree(files);
    expect(await archiver([...args, ...flags], cwd)).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

test.each([
  ['a handler that is not there', ['--handler', 'gone.py'], /^ERROR - .*gone\.py/],
  ['a folder as weights', ['--serialized-file', 'folder'], /^ERROR - .*folder/],
  ['a name with a slash', ['--model-name', 'a/b'], /^ERROR - Model name contains special characters/],
])('%s: exit 1, one error on stderr, nothing written', async (_, extra, words) => {
  const cwd = await tempTree({ 'handler.py': handler, 'folder/': '' });
  const { code, stdout, stderr } = await archiver([...base, ...extra], cwd);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(words);
  expect((await readdir(cwd)).sort()).toEqual(['folder', 'handler.py']);
});
