import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ValidateResult } from '../../../../src/commands/validate/validate.ts';
import type { Finding } from '../../../../src/core/finding.ts';
import { validateReporters } from '../../../../src/ui/reporters/validate/index.ts';
import { formatValidateJunit } from '../../../../src/ui/reporters/validate/junit.ts';
import { formatValidateSarif } from '../../../../src/ui/reporters/validate/sarif.ts';
import { createStyle } from '../../../../src/ui/style.ts';
import { readXml, type XmlElement } from '../../../support/read-xml.ts';

/** Findings with everything a place can say, and text that wants to break out of its format. */
const findings: readonly Finding[] = [
  { rule: 'archive/gap', severity: 'error', message: 'A gap.', at: { path: 'a b/m.mar', offset: 17 } },
  { rule: 'archive/gap', severity: 'error', message: 'Another one.', at: { path: 'a b/m.mar' }, hint: 'Repack.' },
  {
    rule: 'handler/python-syntax',
    severity: 'warning',
    message: '"]]> </failure> &amp; \u0000\ud800 {0} [x](y)',
    at: { path: 'a b/m.mar', member: 'ünter/<x>.py', line: 3, column: 5 },
  },
  {
    rule: 'manifest/shape',
    severity: 'info',
    message: 'x',
    at: { path: 'a b/m.mar', member: 'MAR-INF/MANIFEST.json', pointer: '/model/a~1b' },
  },
  { rule: 'internal/rule-failed', severity: 'error', message: 'Broken.', at: {} },
];
const rules = ['archive/gap', 'handler/python-syntax', 'manifest/shape', 'hygiene/junk'].map((id) => ({
  id,
  severity: 'error' as const,
  title: 'A title',
  help: 'Help: <b>.',
}));
const result = (seen: readonly Finding[]): ValidateResult => ({
  schemaVersion: 1,
  path: 'a b/m.mar',
  kind: 'archive',
  passed: false,
  failOn: 'error',
  members: 3,
  rules,
  findings: [...seen],
});

describe('formatValidateSarif', () => {
  const schemaFile = new URL('../../../fixtures/schemas/sarif-2.1.0.json', import.meta.url);
  // zod takes a relative reference for a bad URL; the references are tried below instead.
  const withoutReferences = (key: string, value: unknown) =>
    key === 'format' && value === 'uri-reference' ? undefined : value;
  const schema = z.fromJSONSchema(JSON.parse(readFileSync(schemaFile, 'utf8'), withoutReferences));
  const problemsOf = (log: unknown) => schema.safeParse(log).error?.issues ?? [];

  it.each([
    ['every kind of finding', findings],
    ['no finding', []],
  ])('is valid SARIF 2.1.0 by the official schema: %s', (_, seen) => {
    expect(problemsOf(JSON.parse(formatValidateSarif([result(seen)], '1.2.3')))).toEqual([]);
  });

  it.each([
    ['a level of no kind', '"level": "warning"', '"level": "fatal"'],
    ['a result without a message', '"message":', '"massage":'],
    ['a line of 0', '"startLine": 3', '"startLine": 0'],
    ['an unknown property', '"driver": {', '"driver": { "colour": "red",'],
  ])('the schema refuses %s', (_, good, bad) => {
    const text = formatValidateSarif([result(findings)], '1.2.3');
    expect(text).toContain(good);
    expect(problemsOf(JSON.parse(text.replace(good, bad)))).not.toEqual([]);
  });

  it('names files by URI references that resolve to them', () => {
    const log = JSON.parse(formatValidateSarif([result(findings)], '1.2.3'));
    const { uri } = log.runs[0].results[0].locations[0].physicalLocation.artifactLocation;
    expect(decodeURI(new URL(uri, 'file:///work/').pathname)).toBe('/work/a b/m.mar');
  });
});

/**
 * Content and attributes of the JUnit XML that CI servers read, as the schema of Jenkins' xUnit plugin (junit-4.xsd) has
 * them: children in this order, `?` at most once, `*` any number; attributes with `!` are required.
 */
const junit: Readonly<Record<string, { children: readonly string[]; attributes: readonly string[] }>> = {
  testsuites: { children: ['testsuite*'], attributes: ['name', 'time', 'tests', 'failures', 'disabled', 'errors'] },
  testsuite: {
    children: ['properties?', 'testcase*', 'system-out?', 'system-err?'],
    attributes: [
      'name!',
      'tests!',
      'failures',
      'errors',
      'time',
      'disabled',
      'skipped',
      'timestamp',
      'hostname',
      'id',
      'package',
    ],
  },
  testcase: {
    children: ['skipped?', 'error*', 'failure*', 'system-out*', 'system-err*'],
    attributes: ['name!', 'assertions', 'time', 'classname', 'status'],
  },
  failure: { children: [], attributes: ['type', 'message'] },
  'system-out': { children: [], attributes: [] },
};

function junitProblems({ name, attributes, children }: XmlElement): string[] {
  const rule = junit[name];
  if (!rule) return [`<${name}> is no element`];
  const order = rule.children.map((child) => child.slice(0, -1));
  const places = children.map((child) => order.indexOf(child.name));
  return [
    ...rule.attributes.filter((key) => key.endsWith('!') && !attributes.has(key.slice(0, -1))),
    ...[...attributes.keys()].filter((key) => !rule.attributes.some((known) => known.replace('!', '') === key)),
    ...places.filter((place, at) => place < 0 || place < (places[at - 1] ?? 0)).map((place) => `child ${place}`),
    ...children.flatMap(junitProblems),
  ];
}

describe('formatValidateJunit', () => {
  it.each([
    ['every kind of finding', findings],
    ['no finding', []],
  ])('is well-formed XML of the JUnit schema: %s', (_, seen) => {
    const root = readXml(formatValidateJunit([result(seen)]));
    expect(root.name).toBe('testsuites');
    expect(junitProblems(root)).toEqual([]);
  });

  it('counts its cases, and keeps text as text', () => {
    const [suite] = readXml(formatValidateJunit([result(findings)])).children;
    const cases = suite?.children ?? [];
    expect(suite?.attributes.get('tests')).toBe(String(cases.length));
    expect(cases).toHaveLength(rules.length + 1);
    const failed = cases.filter(({ children }) => children.some(({ name }) => name === 'failure'));
    expect(suite?.attributes.get('failures')).toBe(String(failed.length));
    expect(failed.map(({ attributes }) => attributes.get('name'))).toEqual(['archive/gap', 'internal/rule-failed']);
    const [, warned] = cases;
    expect(warned?.children[0]?.text).toContain('"]]> </failure> &amp; \\u0000\\ud800 {0}');
  });

  it('fails by the severity that fails the validation', () => {
    const failed = (failOn: 'warning' | 'info') =>
      readXml(formatValidateJunit([{ ...result(findings), failOn }])).children[0]?.attributes.get('failures');
    expect([failed('warning'), failed('info')]).toEqual(['3', '4']);
  });

  it('the reader and the JUnit table refuse invalid files', () => {
    expect(() => readXml('<a><b></a></b>')).toThrow();
    expect(() => readXml('<a x="1" x="2"/>')).toThrow();
    expect(() => readXml('<a>&nbsp;</a>')).toThrow();
    expect(junitProblems(readXml('<testsuites><testsuite tests="1"/></testsuites>'))).toEqual(['name!']);
    expect(junitProblems(readXml('<testcase name="x"><system-out/><failure/></testcase>'))).toHaveLength(1);
  });
});

describe('every reporter', () => {
  it.each(Object.keys(validateReporters) as (keyof typeof validateReporters)[])(
    '%s escapes control characters',
    (name) => {
      const text = 'a\u001b[2J\u009b31m\u007f\u202eb\u2028';
      const at = { path: `${text}.mar`, member: text };
      const seen: Finding = { rule: 'archive/gap', severity: 'error', message: text, at, hint: text };
      const style = createStyle({ color: false, width: 100 });
      const report = validateReporters[name]([{ ...result([seen]), path: `${text}.mar` }], { style, toolVersion: '1' });
      expect(report).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/);
      expect(report).toMatch(/009b|%C2%9B/i);
    },
  );
});
