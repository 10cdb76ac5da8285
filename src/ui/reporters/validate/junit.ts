import type { ValidateResult } from '../../../commands/validate/validate.ts';
import { type Finding, isAtLeast } from '../../../core/finding.ts';
import { describePlace } from './human.ts';

/** JUnit XML: one test case a checked rule; what makes the verdict bad fails it, the other findings are its output. */
export function formatValidateJunit({ path, findings, rules, failOn }: ValidateResult): string {
  const fails = ({ severity }: Finding) => isAtLeast(severity, failOn);
  const ids = [...new Set([...rules.map(({ id }) => id), ...findings.map(({ rule }) => rule)])];
  const cases = ids.map((id) =>
    formatCase(
      id,
      path,
      findings.filter(({ rule }) => rule === id),
      fails,
    ),
  );
  const failures = ids.filter((id) => findings.some((finding) => finding.rule === id && fails(finding))).length;
  const counts = `tests="${ids.length}" failures="${failures}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escapeXml(path)}" ${counts} skipped="0" time="0">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
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

/** Entities, and U+FFFD for what XML 1.0 cannot carry at all. */
function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
