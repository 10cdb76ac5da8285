import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { runCli } from '../support/run-cli.ts';
import { tempTree } from '../support/temp-tree.ts';

const handler = 'def handle(data, context):\n    return data\n';

describe('--json', () => {
  test.each([
    ['a file that is not there', ['inspect', 'gone.mar'], 3, 'FILE_NOT_FOUND'],
    ['an archive that is refused', ['cat', 'noise.mar', 'x'], 1, 'ARCHIVE_REFUSED'],
    ['a value of no kind', ['validate', 'm.mar', '--max-size', 'big'], 2, 'INVALID_OPTION'],
    ['an unknown flag', ['inspect', '--jsno', 'm.mar'], 2, 'USAGE'],
    ['a missing argument', ['validate'], 2, 'USAGE'],
  ])('prints the error of %s on stdout, with the same exit code', async (_, args, exitCode, errorCode) => {
    const cwd = await tempTree({ 'noise.mar': 'no archive' });
    await makeMar(join(cwd, 'm.mar'), { files: { 'handler.py': handler }, manifest: manifestOf({}) });
    const { code, stdout, stderr } = await runCli('mar', [...args, '--json'], { cwd });
    expect(code).toBe(exitCode);
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      error: { code: errorCode, message: expect.stringMatching(/./) },
    });
    expect(stderr).not.toBe('');
  });

  test('includes the findings of a refusal', async () => {
    const cwd = await tempTree({ 'noise.mar': 'no archive' });
    const { stdout } = await runCli('mar', ['extract', 'noise.mar', '--json'], { cwd });
    expect(JSON.parse(stdout).error.findings[0]).toMatchObject({ severity: 'error', rule: 'archive/format' });
  });

  test('escapes every character that could control a terminal', async () => {
    const name = 'a\u009b31mb.py';
    const cwd = await tempTree({ [name]: '' });
    const { stdout } = await runCli('mar', ['inspect', name, '--json'], { cwd });
    expect(stdout).not.toContain('\u009b');
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1 });
  });
});

test('mar validate of several archives: one verdict, every finding with its archive', async () => {
  const cwd = await tempTree({ 'noise.mar': 'no archive' });
  await makeMar(join(cwd, 'm.mar'), { files: { 'handler.py': handler }, manifest: manifestOf({}) });
  const both = await runCli('mar', ['validate', 'm.mar', 'noise.mar', '--json'], { cwd });
  expect(both.code).toBe(1);
  const { passed, findings } = JSON.parse(both.stdout);
  expect(passed).toBe(false);
  expect(new Set(findings.map(({ at }: { at: { path: string } }) => at.path))).toEqual(new Set(['noise.mar']));
  const human = await runCli('mar', ['validate', 'm.mar', 'noise.mar'], { cwd });
  expect(human.stdout).toMatch(/^m\.mar {2}✓ good/m);
  expect(human.stdout).toMatch(/^noise\.mar {2}✗ bad/m);
  const junit = await runCli('mar', ['validate', 'm.mar', 'noise.mar', '--reporter', 'junit'], { cwd });
  expect(junit.stdout.match(/<testsuite /g)).toHaveLength(2);
  const good = await runCli('mar', ['validate', 'm.mar', 'm.mar', '--json'], { cwd });
  expect({ code: good.code, passed: JSON.parse(good.stdout).passed }).toEqual({ code: 0, passed: true });
});

test.each([
  ['cat', ['cat', 'm.mar', 'handlr.py'], 'handler.py'],
  ['cat in the wrong folder', ['cat', 'm.mar', 'labels.json'], 'assets/labels.json'],
  ['extract', ['extract', 'm.mar', '--include', 'asets/labels.json'], 'assets/labels.json'],
])('%s suggests the nearest member', async (_, args, meant) => {
  const cwd = await tempTree();
  const files = { 'handler.py': handler, 'assets/labels.json': '{}' };
  await makeMar(join(cwd, 'm.mar'), { files, manifest: manifestOf({}) });
  const { code, stderr } = await runCli('mar', args, { cwd });
  expect(code).toBe(3);
  expect(stderr).toContain(`Did you mean "${meant}"?`);
});
