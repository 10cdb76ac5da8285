import type { ValidateResult } from '../../../commands/validate/validate.ts';
import { type Finding, isAtLeast } from '../../../core/finding.ts';
import { showLines } from '../../text.ts';
import { describePlace } from './human.ts';

/** JUnit XML: a suite for each archive, a test case for each rule. Findings from `failOn` on fail it; others are its output. */
export function formatValidateJunit(results: readonly ValidateResult[]): string {
  const suites = results.map(toSuite);
  const sum = (key: 'tests' | 'failures') => suites.reduce((total, suite) => total + suite[key], 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${countsOf({ tests: sum('tests'), failures: sum('failures') })}>`,
    ...suites.flatMap(({ lines }) => lines),
    '</testsuites>',
    '',
  ].join('\n');
}

function toSuite({ path, findings, rules, failOn }: ValidateResult) {
  const fails = ({ severity }: Finding) => isAtLeast(severity, failOn);
  const ids = [...new Set([...rules.map(({ id }) => id), ...findings.map(({ rule }) => rule)])];
  const cases = ids.map((id) => {
    const own = findings.filter(({ rule }) => rule === id);
    return formatCase(id, path, own, fails);
  });
  const failures = ids.filter((id) => findings.some((finding) => finding.rule === id && fails(finding))).length;
  const counts = countsOf({ tests: ids.length, failures });
  const open = `  <testsuite name="${escapeXml(path)}" ${counts} skipped="0" time="0">`;
  return { tests: ids.length, failures, lines: [open, ...cases, '  </testsuite>'] };
}

function countsOf({ tests, failures }: { readonly tests: number; readonly failures: number }): string {
  return `tests="${tests}" failures="${failures}" errors="0"`;
}

function formatCase(
  id: string,
  path: string,
  findings: readonly Finding[],
  fails: (finding: Finding) => boolean,
): string {
  const open = `    <testcase classname="${escapeXml(path)}" name="${escapeXml(id)}" time="0"`;
  if (findings.length === 0) return `${open}/>`;
  const failures = findings.filter(fails);
  const others = findings.filter((finding) => !fails(finding));
  const [first] = failures;
  const lines = [`${open}>`];
  if (first)
    lines.push(
      `      <failure type="${first.severity}" message="${escapeXml(first.message)}">${escapeXml(describeAll(failures))}</failure>`,
    );
  if (others.length > 0) lines.push(`      <system-out>${escapeXml(describeAll(others))}</system-out>`);
  return [...lines, '    </testcase>'].join('\n');
}

function describeAll(findings: readonly Finding[]): string {
  return findings
    .map(({ severity, message, at, hint }) =>
      [`${severity} ${describePlace(at)}`.trim(), message, hint].filter(Boolean).join('\n'),
    )
    .join('\n\n');
}

/** Escapes markup as entities and invisible characters as numbers; U+FFFD for what XML 1.0 does not allow. */
function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return showLines(text)
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
