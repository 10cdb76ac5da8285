import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeMar, manifestOf } from '../../support/make-mar.ts';
import { runCli } from '../../support/run-cli.ts';
import { tempTree } from '../../support/temp-tree.ts';

/** An archive with a requirements file (two findings of area config) and junk (one of hygiene). */
async function folderWithFindings(): Promise<string> {
  const cwd = await tempTree();
  const files = {
    'handler.py': 'def handle(data, context):\n    return data\n',
    'requirements.txt': 'numpy\n',
    '__pycache__/handler.pyc': '',
  };
  await makeMar(join(cwd, 'm.mar'), { files, manifest: manifestOf({ requirementsFile: 'requirements.txt' }) });
  return cwd;
}

const rulesOf = (stdout: string) =>
  (JSON.parse(stdout) as { findings: { rule: string; severity: string }[] }).findings.map(({ rule }) => rule);

describe('mar validate', () => {
  test('accepts areas separated by commas or repeated, and flags before the archive', async () => {
    const cwd = await folderWithFindings();
    const commas = await runCli('mar', ['validate', '--only', 'config,hygiene', 'm.mar', '--json'], { cwd });
    expect(rulesOf(commas.stdout)).toEqual(['config/requirements', 'config/requirement-pins', 'hygiene/junk']);
    const flags = ['--only', 'config', '--only', 'hygiene', '--rule', 'hygiene/junk=error'];
    const repeated = await runCli(
      'mar',
      ['validate', ...flags, '--rule', 'config/requirements=off', 'm.mar', '--json'],
      { cwd },
    );
    expect(rulesOf(repeated.stdout)).toEqual(['config/requirement-pins', 'hygiene/junk']);
    expect([commas.code, repeated.code]).toEqual([0, 1]);
  });

  test('prints one report and writes the others, without colour, from the same findings', async () => {
    const cwd = await folderWithFindings();
    const reports = ['--reporter', 'github', '--reporter', 'sarif=a.sarif', '--reporter', 'junit=b.xml'];
    const args = ['validate', 'm.mar', ...reports, '--reporter', 'human=c.txt', '--fail-on', 'warning'];
    const { code, stdout } = await runCli('mar', args, { cwd, env: { FORCE_COLOR: '1' } });
    expect(code).toBe(1);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(['::warning', '::notice', '::notice']);
    const [sarif, junit, human] = await Promise.all(
      ['a.sarif', 'b.xml', 'c.txt'].map((name) => readFile(join(cwd, name), 'utf8')),
    );
    expect(JSON.parse(sarif ?? '').runs[0].results).toHaveLength(3);
    expect(junit).toMatch(/^<\?xml/);
    expect(human).toContain('hygiene/junk');
    expect(human).not.toContain('\u001b');
  });

  test.each([
    ['an area of no kind', ['--only', 'config,colour'], /--only: /],
    ['a report of no kind', ['--reporter', 'xml'], /--reporter: expected one of human, json/],
    ['a report into no file', ['--reporter', 'sarif='], /--reporter/],
    ['the id of no rule', ['--rule', 'hygiene/jnuk=off'], /hygiene\/junk/],
    ['a setting of no kind', ['--rule', 'hygiene/junk=loud'], /--rule hygiene\/junk: /],
    ['a size of no kind', ['--max-size', 'big'], /--max-size: /],
  ])('%s is wrong usage', async (_, flags, words) => {
    const cwd = await folderWithFindings();
    const { code, stdout, stderr } = await runCli('mar', ['validate', 'm.mar', ...flags], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(words);
  });

  test('--fix fixes the archive in place, reports what it fixed, and validates the result', async () => {
    const cwd = await folderWithFindings();
    const { stdout } = await runCli('mar', ['validate', 'm.mar', '--fix', '--only', 'hygiene'], { cwd });
    expect(stdout).toContain('fixed  hygiene/junk');
    const after = await runCli('mar', ['validate', 'm.mar', '--only', 'hygiene', '--json'], { cwd });
    expect(rulesOf(after.stdout)).toEqual([]);
  });
});

describe('mar explain', () => {
  test('prints what a rule demands, in the words of the rule', async () => {
    const { code, stdout } = await runCli('mar', ['explain', 'hygiene/junk']);
    expect(code).toBe(0);
    expect(stdout).toContain('The archive has no accidental files.');
  });

  test('lists all rules without an argument, and refuses an unknown id', async () => {
    const { stdout } = await runCli('mar', ['explain', '--json']);
    expect(JSON.parse(stdout).rules.length).toBeGreaterThan(100);
    expect((await runCli('mar', ['explain', 'nothing/at-all'])).code).toBe(2);
  });
});
