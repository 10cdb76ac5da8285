import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { extract } from '../../../src/commands/extract.ts';
import { inspect } from '../../../src/commands/inspect/inspect.ts';
import { pack } from '../../../src/commands/pack/pack.ts';
import { validate, validateReportSchema, validateResultSchema } from '../../../src/commands/validate/validate.ts';
import { validateReporters } from '../../../src/ui/reporters/validate/index.ts';
import { formatValidateMarkdown } from '../../../src/ui/reporters/validate/markdown.ts';
import { createStyle } from '../../../src/ui/style.ts';
import { testContext } from '../../support/context.ts';
import { makeMar, manifestOf } from '../../support/make-mar.ts';
import { makeZip } from '../../support/make-zip.ts';
import { tempTree } from '../../support/temp-tree.ts';

const fixture = (path: string) => fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url));

/** A requirements file (warning) and a handler without an entry point (error). */
async function twoFindings() {
  const root = await tempTree();
  const files = { 'handler.py': 'x = 1\n', 'requirements.txt': 'numpy==1.26.4\n' };
  await makeMar(join(root, 'm.mar'), { files, manifest: manifestOf({ requirementsFile: 'requirements.txt' }) });
  return testContext(root);
}

const idsOf = ({ findings }: { findings: readonly { rule: string; severity: string }[] }) =>
  findings.map(({ rule, severity }) => `${severity} ${rule}`);

describe('validate', () => {
  it('returns every finding, with the path as the user wrote it', async () => {
    const context = await twoFindings();
    const result = await validate({ path: 'm.mar' }, context);
    expect(idsOf(result)).toEqual(['warning config/requirements', 'error handler/python-entry']);
    expect(result.findings.map(({ at }) => at.path)).toEqual(['m.mar', 'm.mar']);
    expect(result).toMatchObject({ path: 'm.mar', kind: 'archive', passed: false, members: 3 });
    expect(validateResultSchema.parse(result)).toEqual(result);
  });

  it('checks only the areas asked for', async () => {
    const context = await twoFindings();
    const result = await validate({ path: 'm.mar', only: ['config'] }, context);
    expect(idsOf(result)).toEqual(['warning config/requirements']);
    expect(result.passed).toBe(true);
  });

  it.each(['weights', 'handler', 'manifest', 'workflow', 'hygiene'] as const)(
    'never calls an unreadable archive good, whatever the areas: only %s',
    async (area) => {
      const root = await tempTree({ 'text.mar': 'no archive', 'empty.mar': '', 'noise.bin': 'no weights' });
      const context = testContext(root);
      await makeMar(join(root, 'm.mar'), { files: { 'handler.py': 'x = 1\n' }, manifest: manifestOf({}) });
      const whole = await readFile(join(root, 'm.mar'));
      await writeFile(join(root, 'cut.mar'), whole.subarray(0, whole.length - 40));
      await writeFile(join(root, 'half.mar'), whole.subarray(0, whole.length / 2));
      for (const at of [whole.indexOf('PK\u0001\u0002') + 8, 6]) whole[at] = (whole[at] ?? 0) | 1;
      await writeFile(join(root, 'encrypted.mar'), whole);
      for (const path of ['text.mar', 'empty.mar', 'noise.bin', 'cut.mar', 'half.mar', 'encrypted.mar']) {
        const result = await validate({ path, only: [area] }, context);
        expect({ path, passed: result.passed }).toEqual({ path, passed: false });
        expect(result.findings.map(({ severity }) => severity)).toContain('error');
        expect(result.rules.map(({ id }) => id)).toContain(result.findings[0]?.rule);
      }
    },
  );

  it('keeps the errors of an unreadable archive, even if their rules are off', async () => {
    const context = testContext(await tempTree({ 'text.mar': 'no archive' }));
    const [finding] = (await validate({ path: 'text.mar' }, context)).findings;
    for (const setting of ['off', 'info'] as const) {
      const rules = { [finding?.rule ?? '']: setting };
      expect(await validate({ path: 'text.mar', rules }, context)).toMatchObject({
        passed: false,
        findings: [finding],
      });
    }
  });

  it('refuses areas that have no rule about the file, and names those that have', async () => {
    const context = await twoFindings();
    await expect(validate({ path: 'm.mar', only: ['workflow'] }, context)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringMatching(/only: expected archive, manifest, .*because m\.mar is a model archive/),
    });
  });

  it('fails on warnings with failOn', async () => {
    const context = await twoFindings();
    expect((await validate({ path: 'm.mar', only: ['config'], failOn: 'warning' }, context)).passed).toBe(false);
  });

  it('a rule can be switched off or given another severity', async () => {
    const context = await twoFindings();
    const rules = { 'config/requirements': 'off', 'handler/python-entry': 'warn' } as const;
    const result = await validate({ path: 'm.mar', rules }, context);
    expect(idsOf(result)).toEqual(['warning handler/python-entry']);
    expect(result.passed).toBe(true);
  });

  it('refuses an unknown rule id, and suggests the nearest', async () => {
    const context = await twoFindings();
    await expect(validate({ path: 'm.mar', rules: { 'config/requirement': 'off' } }, context)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('config/requirements'),
    });
  });

  it('accepts any ZIP if only the area archive is checked, and only weights rules for a weights file', async () => {
    const root = await tempTree({
      'w.pt': makeZip([{ name: 'w/data.pkl', content: Buffer.from('\u0080\u0002}q\0.', 'latin1') }]),
    });
    const container = await validate({ path: 'w.pt', only: ['archive'] }, testContext(root));
    expect(container).toMatchObject({ kind: 'archive', passed: true, findings: [], members: 1 });
    expect(await validate({ path: 'w.pt', only: ['archive', 'weights'] }, testContext(root))).toMatchObject({
      kind: 'weights',
    });
    await expect(validate({ path: 'w.pt', only: ['manifest'] }, testContext(root))).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('weights'),
    });
  });

  it('compares its reading of the archive with another reader', async () => {
    const root = await tempTree();
    await makeMar(join(root, 'm.mar'), {
      files: { 'handler.py': 'def handle(d, c): pass\n' },
      manifest: manifestOf({}),
    });
    const { rules, findings } = await validate({ path: 'm.mar', only: ['archive'] }, testContext(root));
    expect(rules.map(({ id }) => id)).toContain('archive/second-reader');
    expect(findings).toEqual([]);
  });

  it('enforces a size budget, in bytes or with a unit', async () => {
    const context = await twoFindings();
    for (const maxSize of [100, '0.1kB', '100 B']) {
      expect(idsOf(await validate({ path: 'm.mar', only: ['hygiene'], maxSize }, context))).toEqual([
        'error hygiene/size',
      ]);
    }
    expect(idsOf(await validate({ path: 'm.mar', only: ['hygiene'], maxSize: '1MiB' }, context))).toEqual([]);
    await expect(validate({ path: 'm.mar', maxSize: 'big' }, context)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
  });

  it('throws only if there is nothing to check', async () => {
    const context = await twoFindings();
    await expect(validate({ path: 'gone.mar' }, context)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  it('checks a single weights file, with the file that holds its tensors', async () => {
    const sound = await validate({ path: fixture('models/linear4x3.onnx') }, testContext('/'));
    expect(sound).toMatchObject({ kind: 'weights', passed: true, findings: [] });
    const root = await tempTree({ 'page.onnx': '<!doctype html><title>404</title>', 'empty.pt': '' });
    const page = await validate({ path: 'page.onnx' }, testContext(root));
    expect(idsOf(page)).toEqual(['error weights/not-weights']);
    expect(idsOf(await validate({ path: 'empty.pt' }, testContext(root)))).toEqual(['error weights/empty']);
  });

  it('checks an unpacked archive as the archive it will become', async () => {
    const manifest = JSON.stringify(manifestOf({}));
    const root = await tempTree({
      'm/MAR-INF/MANIFEST.json': manifest,
      'm/handler.py': 'def handle(d, c): pass\n',
      'bare/x.txt': '',
    });
    expect((await validate({ path: 'm' }, testContext(root))).findings).toEqual([]);
    expect(idsOf(await validate({ path: 'bare' }, testContext(root)))).toEqual(['error manifest/present']);
  });

  it('names what a file is that is not an archive', async () => {
    const root = await tempTree({ 'garbage.mar': 'no archive at all' });
    expect(idsOf(await validate({ path: 'garbage.mar' }, testContext(root)))).toEqual(['error archive/format']);
  });
});

describe('the config of validate', () => {
  const rules = { 'handler/python-entry': 'off' };

  it.each([
    ['mar.validate.json', JSON.stringify({ rules, failOn: 'warning' })],
    ['mar.validate.yaml', 'rules: { handler/python-entry: off }\nfailOn: warning\n'],
    ['mar.config.json', JSON.stringify({ modelName: 'm', validate: { rules, failOn: 'warning' } })],
  ])('is %s of the folder, and a flag overrides it', async (name, text) => {
    const context = await twoFindings();
    await writeFile(join(context.cwd, name), text);
    const result = await validate({ path: 'm.mar' }, context);
    expect(idsOf(result)).toEqual(['warning config/requirements']);
    expect(result.passed).toBe(false);
    expect((await validate({ path: 'm.mar', failOn: 'error' }, context)).passed).toBe(true);
    expect(idsOf(await validate({ path: 'm.mar', config: false }, context))).toHaveLength(2);
  });

  it('is never read from the checked folder, unless it is named', async () => {
    const root = await tempTree({
      'mar.validate.json': JSON.stringify({ rules: { 'manifest/present': 'off' } }),
      'x.txt': '',
    });
    const context = testContext(root);
    expect(idsOf(await validate({ path: '.' }, context))).toEqual(['error manifest/present']);
    expect(context.messages()).toEqual([expect.stringContaining('mar.validate.json is inside the validated folder')]);
    expect(idsOf(await validate({ path: '.', config: 'mar.validate.json' }, context))).toEqual([]);
  });

  it.each([
    ['mar.validate.json', '{"rulez": {}}', 'rulez'],
    ['mar.validate.json', '{"rules": {"a/b": "loud"}}', 'rules.a/b'],
    ['mar.validate.json', '{', 'the whole file'],
    ['mar.config.json', '{"validate": {"only": []}}', 'validate.only'],
  ])('is refused if it is invalid: %s with %s', async (name, text, at) => {
    const context = await twoFindings();
    await writeFile(join(context.cwd, name), text);
    await expect(validate({ path: 'm.mar' }, context)).rejects.toMatchObject({
      code: 'VALIDATE_CONFIG_INVALID',
      message: expect.stringContaining(at),
    });
  });
});

describe('validate with fix', () => {
  const handler = 'def handle(d, c): pass\n';

  it('fixes the structure, removes junk, completes the manifest, and keeps every other byte', async () => {
    const { createdOn: _createdOn, ...old } = manifestOf({});
    const root = await tempTree({
      'm.mar': makeZip([
        { name: 'handler.py', content: handler, descriptor: 16 },
        { name: '__pycache__/handler.pyc', content: 'x' },
        { name: 'data/a.bin', content: 'abc', deflate: true, mode: 0o100755 },
        { name: 'MAR-INF/MANIFEST.json', content: JSON.stringify({ ...old, later: [1] }) },
      ]),
    });
    const context = testContext(root);
    expect(idsOf(await validate({ path: 'm.mar' }, context))).toEqual([
      'error archive/descriptor-stored',
      'info manifest/origin',
      'info hygiene/junk',
    ]);
    const result = await validate({ path: 'm.mar', fix: true }, context);
    expect(result).toMatchObject({ findings: [], passed: true });
    expect(result.fixed).toEqual(['archive/descriptor-stored', 'manifest/origin', 'hygiene/junk']);
    await extract({ path: 'm.mar', output: 'out' }, context);
    expect(await readFile(join(root, 'out/handler.py'), 'utf8')).toBe(handler);
    expect(await readFile(join(root, 'out/data/a.bin'), 'utf8')).toBe('abc');
    const manifest = JSON.parse(await readFile(join(root, 'out/MAR-INF/MANIFEST.json'), 'utf8'));
    expect(manifest).toEqual({ ...old, createdOn: expect.stringMatching(/^23\/11\/2026/), later: [1] });
    expect(await readdir(join(root, 'out'))).toEqual(expect.not.arrayContaining(['__pycache__']));
    expect((await readdir(root)).sort()).toEqual(['m.mar', 'out']);
  });

  it.each([
    ['is sound', {}],
    ['has more wrong than its form', { patchCentral: { 16: 1 } }],
  ])('does not change an archive that %s', async (_, spoil) => {
    const members = [
      { name: 'handler.py', content: handler },
      { name: '__pycache__/a.pyc', content: '' },
      { name: 'MAR-INF/MANIFEST.json', content: JSON.stringify(manifestOf({})), ...spoil },
    ];
    const bytes = makeZip('patchCentral' in spoil ? members : members.filter(({ content }) => content !== ''));
    const root = await tempTree({ 'm.mar': bytes });
    expect((await validate({ path: 'm.mar', fix: true }, testContext(root))).fixed).toEqual([]);
    expect(await readFile(join(root, 'm.mar'))).toEqual(bytes);
  });

  it('updates the record of mar pack where it changed the archive, and nowhere else', async () => {
    const root = await tempTree({ 'handler.py': handler, 'a/notes.txt': 'x', 'a/notes.orig': '' });
    const context = testContext(root);
    await pack({ modelName: 'm', handler: 'handler.py', files: ['a'], config: false }, context);
    const result = await validate({ path: 'm.mar', fix: true, only: ['hygiene', 'manifest'] }, context);
    expect(result.fixed).toEqual(['hygiene/junk']);
    expect(result.findings).toEqual([]);
    expect((await inspect({ path: 'm.mar' }, context)).files?.map(({ path }) => path)).toEqual(
      expect.not.arrayContaining(['a/notes.orig']),
    );
  });

  it('fixes only findings of the enabled rules', async () => {
    const root = await tempTree();
    const files = { 'handler.py': handler, '__pycache__/a.pyc': '' };
    await makeMar(join(root, 'm.mar'), { files, manifest: manifestOf({}) });
    const context = testContext(root);
    const options = { path: 'm.mar', fix: true, rules: { 'hygiene/junk': 'off' } } as const;
    expect((await validate(options, context)).fixed).toEqual([]);
    expect((await validate({ path: 'm.mar', fix: true }, context)).fixed).toEqual(['hygiene/junk']);
  });
});

describe('validateReporters', () => {
  const options = { style: createStyle({ color: false, width: 100 }), toolVersion: '9.9.9' };

  async function report(name: keyof typeof validateReporters) {
    return validateReporters[name]([await validate({ path: 'm.mar' }, await twoFindings())], options);
  }

  it('human: the verdict first, then the worst finding with location, rule and next step', async () => {
    const [verdict, , first, ...rest] = (await report('human')).split('\n');
    expect(verdict).toMatch(/^m\.mar {2}✗ bad {2}1 error, 1 warning {2}\d+ rules, 3 files$/);
    expect(first).toMatch(/^ {2}error {4}The handler defines no function "handle"/);
    expect(rest.join('\n')).toContain('→ Define the function');
    expect(rest.join('\n')).toContain('handler.py  handler/python-entry');
  });

  it('json: exactly the version, the verdict and the findings', async () => {
    const parsed = JSON.parse(await report('json'));
    expect(Object.keys(parsed)).toEqual(['schemaVersion', 'passed', 'findings']);
    expect(validateReportSchema.parse(parsed)).toEqual(parsed);
  });

  it('sarif: 2.1.0 with the texts of the rules that reported', async () => {
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

  it('junit: one case for each rule, failures for errors only, counts that agree', async () => {
    const xml = await report('junit');
    const [, tests, failures] = /<testsuites tests="(\d+)" failures="(\d+)"/.exec(xml) ?? [];
    expect(xml.match(/<testcase /g)).toHaveLength(Number(tests));
    expect(xml.match(/<failure /g)).toHaveLength(Number(failures));
    expect(failures).toBe('1');
    expect(xml).toContain('&quot;handle&quot;');
  });

  it('github: one annotation for each finding, on one line each', async () => {
    const lines = (await report('github')).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^::warning file=m\.mar,title=config\/requirements::requirements\.txt: .*%0A/);
    expect(lines[1]).toMatch(/^::error file=m\.mar,title=handler\/python-entry::/);
  });

  it('markdown: a table that text from the archive cannot break', async () => {
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
