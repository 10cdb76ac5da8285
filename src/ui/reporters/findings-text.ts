import type { Finding, Severity } from '../../core/finding.ts';
import { formatPlural } from '../size.ts';
import type { Style } from '../style.ts';
import { hangText, showText } from '../text.ts';

const order = ['error', 'warning', 'info'] as const satisfies readonly Severity[];

/** `2 errors, 1 warning`; `no findings` when there are none. */
export function countFindings(findings: readonly Finding[]): string {
  const counts = order.map(
    (severity) => [severity, findings.filter((finding) => finding.severity === severity).length] as const,
  );
  const words = counts
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => (severity === 'info' ? `${count} info` : formatPlural(count, severity)));
  return words.length === 0 ? 'no findings' : words.join(', ');
}

/** Every finding with its rule, location and hint; the most severe first. */
export function formatFindings(findings: readonly Finding[], style: Style): string {
  const sorted = order.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
  const title = `${style.title('findings')}  ${findings.length === 0 ? 'none' : countFindings(findings)}`;
  return [title, ...sorted.map((finding) => formatFinding(finding, style))].join('\n');
}

function formatFinding({ rule, severity, message, at, hint }: Finding, style: Style): string {
  const paint = { error: style.bad, warning: style.warn, info: style.accent }[severity];
  const where = at.member === undefined ? '' : `${showText(at.member)}: `;
  const lines = [hangText(`  ${paint(rule)}  `, where + showText(message), style.width)];
  if (hint !== undefined) lines.push(hangText(`    ${style.dim('→')} `, showText(hint), style.width));
  return lines.join('\n');
}
