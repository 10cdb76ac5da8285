import type { ValidateResult } from '../../../commands/validate/validate.ts';
import type { Finding, Severity } from '../../../core/finding.ts';
import { formatPlural } from '../../size.ts';
import type { Style } from '../../style.ts';
import { hangText, showText } from '../../text.ts';
import { countFindings } from '../findings-text.ts';

const severities = ['error', 'warning', 'info'] as const satisfies readonly Severity[];

/** The verdict, then every finding with its location, rule and hint; the most severe first. */
export function formatValidate(result: ValidateResult, style: Style): string {
  const sorted = severities.flatMap((severity) => result.findings.filter((finding) => finding.severity === severity));
  const blocks = sorted.map((finding) => formatFinding(finding, style));
  return `${[formatVerdict(result, style), ...formatFixed(result, style), ...blocks].join('\n\n')}\n`;
}

function formatVerdict({ path, passed, findings, rules, members }: ValidateResult, style: Style): string {
  const mark = passed ? style.good(style.unicode ? '✓ good' : 'good') : style.bad(style.unicode ? '✗ bad' : 'bad');
  const checked = style.dim(`${formatPlural(rules.length, 'rule')}, ${formatPlural(members, 'file')}`);
  return `${style.strong(showText(path))}  ${mark}  ${countFindings(findings)}  ${checked}`;
}

/** What was fixed; the findings below are those that remain. */
function formatFixed({ fixed }: ValidateResult, style: Style): string[] {
  if (fixed === undefined) return [];
  const text = fixed.length === 0 ? 'nothing could be fixed' : `fixed  ${fixed.join(', ')}`;
  return [hangText('  ', fixed.length === 0 ? style.dim(text) : style.good(text), style.width)];
}

function formatFinding({ rule, severity, message, at, hint }: Finding, style: Style): string {
  const paint = { error: style.bad, warning: style.warn, info: style.accent }[severity];
  const place = describePlace(at);
  const lines = [hangText(`  ${paint(severity.padEnd(7))}  `, showText(message), style.width)];
  const indent = ' '.repeat(11);
  if (hint !== undefined) lines.push(hangText(`${indent}${style.dim('→')} `, showText(hint), style.width));
  lines.push(indent + style.dim([showText(place), rule].filter(Boolean).join('  ')));
  return lines.join('\n');
}

/** `handler.py:3:5`, `MAR-INF/MANIFEST.json /model/handler`, `byte 1024`. */
export function describePlace({ member, line, column, pointer, offset }: Finding['at']): string {
  const start = member ?? '';
  if (line !== undefined) return `${start}:${line}${column === undefined ? '' : `:${column}`}`;
  if (pointer !== undefined && pointer !== '') return `${start} ${pointer}`.trim();
  if (offset !== undefined) return `${start} byte ${offset}`.trim();
  return start;
}
