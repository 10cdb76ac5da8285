import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { validate, validateReportSchema, validateResultSchema } from '../../src/commands/validate.ts';
import { validateReporters } from '../../src/ui/reporters/validate.ts';
import { formatValidateMarkdown } from '../../src/ui/reporters/validate-markdown.ts';
import { createStyle } from '../../src/ui/style.ts';
import { testContext } from '../support/context.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';

const fixture = (path: string) => fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));

/** A requirements file (warning) and a handler without an entry point (error). */
async function twoFindings() {
  const root = await tempTree();
  const files = { 'handler.py': 'x = 1\n', 'requirements.txt': 'numpy\n' };
  await makeMar(join(root, 'm.mar'), { files, manifest: manifestOf({ requirementsFile: 'requirements.txt' }) });
  return testContext(root);
}

const idsOf = ({ findings }: { findings: readonly { rule: string; severity: string }[] }) =>
  findings.map(({ rule, severity }) => `${severity} ${rule}`);

describe('validate', () => {
  it('gives every finding, named after the path as the user gave it', async () => {
    const context = await twoFindings();
    const result = await validate({ path: 'm.mar' }, context);
    expect(idsOf(result)).toEqual(['warning config/requirements', 'error handler/python-entry']);
    expect(result.findings.map(({ at }) => at.path)).toEqual(['m.mar', 'm.mar']);
    expect(result).toMatchObject({ path: 'm.mar', kind: 'archive', passed: false, members: 3 });
    expect(validateResultSchema.parse(result)).toEqual(result);
  });

  it('judges only the areas asked for', async () => {
    const context = await twoFindings();
    const result = await validate({ path: 'm.mar', only: ['config'] }, context);
    expect(idsOf(result)).toEqual(['warning config/requirements']);
    expect(result.passed).toBe(true);
  });

  it('fails on warnings when told to', async () => {
    const context = await twoFindings();
    expect((await validate({ path: 'm.mar', only: ['config'], failOn: 'warning' }, context)).passed).toBe(false);
  });

  it('lets a rule be switched off or weighed differently', async () => {
    const context = await twoFindings();
    const rules = { 'config/requirements': 'off', 'handler/python-entry': 'warn' } as const;
    const result = await validate({ path: 'm.mar', rules }, context);
    expect(idsOf(result)).toEqual(['warning handler/python-entry']);
    expect(result.passed).toBe(true);
  });

  it('refuses the id of no rule, and names the one that was meant', async () => {
    const context = await twoFindings();
    await expect(validate({ path: 'm.mar', rules: { 'config/requirement': 'off' } }, context)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('config/requirements'),
    });
  });

  it('throws only when there is nothing to judge', async () => {
    const context = await twoFindings();
    await expect(validate({ path: 'gone.mar' }, context)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  it('judges a weights file by itself, and the file its tensors lie in', async () => {
    const sound = await validate({ path: fixture('models/linear4x3.onnx') }, testContext('/'));
    expect(sound).toMatchObject({ kind: 'weights', passed: true, findings: [] });
    const root = await tempTree({ 'page.onnx': '<!doctype html><title>404</title>', 'empty.pt': '' });
    const page = await validate({ path: 'page.onnx' }, testContext(root));
    expect(idsOf(page)).toEqual(['error weights/not-weights']);
    expect(idsOf(await validate({ path: 'empty.pt' }, testContext(root)))).toEqual(['error weights/empty']);
  });

  it('judges an unpacked archive as the archive it will be', async () => {
    const manifest = JSON.stringify(manifestOf({}));
    const root = await tempTree({
      'm/MAR-INF/MANIFEST.json': manifest,
      'm/handler.py': 'def handle(d, c): pass\n',
      'bare/x.txt': '',
    });
    expect((await validate({ path: 'm' }, testContext(root))).findings).toEqual([]);
    expect(idsOf(await validate({ path: 'bare' }, testContext(root)))).toEqual(['error manifest/present']);
  });

  it('says what a file is that is no archive', async () => {
    const root = await tempTree({ 'garbage.mar': 'no archive at all' });
    expect(idsOf(await validate({ path: 'garbage.mar' }, testContext(root)))).toEqual(['error archive/format']);
  });
});

describe('validateReporters', () => {
  const options = { style: createStyle({ color: false, width: 100 }), toolVersion: '9.9.9' };

  async function report(name: keyof typeof validateReporters) {
    return validateReporters[name](await validate({ path: 'm.mar' }, await twoFindings()), options);
  }

  it('human: the verdict first, then the worst finding with place, rule and next step', async () => {
    const [verdict, , first, ...rest] = (await report('human')).split('\n');
    expect(verdict).toMatch(/^m\.mar {2}✗ bad {2}1 error, 1 warning {2}\d+ rules, 3 files$/);
    expect(first).toMatch(/^ {2}error {4}The handler defines no function "handle"/);
    expect(rest.join('\n')).toContain('→ Define the function');
    expect(rest.join('\n')).toContain('handler.py  handler/python-entry');
  });

  it('json: exactly the version and the findings', async () => {
    const parsed = JSON.parse(await report('json'));
    expect(Object.keys(parsed)).toEqual(['schemaVersion', 'findings']);
    expect(validateReportSchema.parse(parsed)).toEqual(parsed);
  });

  it('sarif: 2.1.0 with the words of the rules that reported', async () => {
    const { version, runs } = JSON.parse(await report('sarif'));
    expect(version).toBe('2.1.0');
    const [{ tool, results }] = runs;
    expect(tool.driver).toMatchObject({ name: 'ts-model-archiver', version: '9.9.9' });
    expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual([
      'config/requirements',
      'handler/python-entry',
    ]);
    for (const { ruleId, ruleIndex, level, message, locations } of results) {
      expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
      expect(['error', 'warning', 'note']).toContain(level);
      expect(message.text).not.toBe('');
      expect(locations[0].physicalLocation.artifactLocation.uri).toBe('m.mar');
    }
  });

  it('junit: one case a rule, failures for errors alone, counts that agree', async () => {
    const xml = await report('junit');
    const [, tests, failures] = /<testsuites tests="(\d+)" failures="(\d+)"/.exec(xml) ?? [];
    expect(xml.match(/<testcase /g)).toHaveLength(Number(tests));
    expect(xml.match(/<failure /g)).toHaveLength(Number(failures));
    expect(failures).toBe('1');
    expect(xml).toContain('&quot;handle&quot;');
  });

  it('github: one annotation a finding, each on one line', async () => {
    const lines = (await report('github')).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^::warning file=m\.mar,title=config\/requirements::requirements\.txt: .*%0A/);
    expect(lines[1]).toMatch(/^::error file=m\.mar,title=handler\/python-entry::/);
  });

  it('markdown: a table that text from the archive cannot break out of', async () => {
    const root = await tempTree();
    const manifest = manifestOf({ handler: '<img src=x> | `code`' });
    await makeMar(join(root, 'm.mar'), { manifest });
    const text = formatValidateMarkdown(await validate({ path: 'm.mar' }, testContext(root)));
    const rows = text.split('\n').filter((line) => line.startsWith('| error'));
    expect(rows).toHaveLength(1);
    expect(rows[0]?.split(/(?<!\\)\|/)).toHaveLength(6);
    expect(text).not.toContain('<img');
  });
});
