import type { ValidateResult } from '../../../commands/validate/validate.ts';
import type { Finding } from '../../../core/finding.ts';
import { escapeMarkdown } from '../../markdown.ts';
import { countFindings } from '../findings-text.ts';
import { describePlace } from './human.ts';

/** A table for a job summary or a comment. */
export function formatValidateMarkdown({ path, passed, findings, rules }: ValidateResult): string {
  const head = `### ${escapeMarkdown(path)}: ${passed ? 'good' : 'bad'}\n\n${countFindings(findings)}, ${rules.length} rules checked\n`;
  if (findings.length === 0) return head;
  const rows = findings.map(formatRow);
  return `${head}\n| severity | rule | where | what |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

function formatRow({ severity, rule, at, message, hint }: Finding): string {
  const place = describePlace(at);
  const what = hint === undefined ? escapeMarkdown(message) : `${escapeMarkdown(message)}<br>→ ${escapeMarkdown(hint)}`;
  return `| ${severity} | ${escapeMarkdown(rule)} | ${place === '' ? '' : escapeMarkdown(place)} | ${what} |`;
}
