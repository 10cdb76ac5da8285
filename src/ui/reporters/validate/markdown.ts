import type { ValidateResult } from '../../../commands/validate/validate.ts';
import type { Finding } from '../../../core/finding.ts';
import { showText } from '../../text.ts';
import { countFindings } from '../findings-text.ts';
import { describePlace } from './human.ts';

/** A table for a job summary or a comment. */
export function formatValidateMarkdown({ path, passed, findings, rules }: ValidateResult): string {
  const head = `### ${escapeCell(path)}: ${passed ? 'good' : 'bad'}\n\n${countFindings(findings)}, ${rules.length} rules checked\n`;
  if (findings.length === 0) return head;
  const rows = findings.map(formatRow);
  return `${head}\n| severity | rule | where | what |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

function formatRow({ severity, rule, at, message, hint }: Finding): string {
  const place = describePlace(at);
  const what = hint === undefined ? escapeCell(message) : `${escapeCell(message)}<br>→ ${escapeCell(hint)}`;
  return `| ${severity} | ${escapeCell(rule)} | ${place === '' ? '' : escapeCell(place)} | ${what} |`;
}

/** Escapes all Markdown and HTML: text of an archive is untrusted. */
function escapeCell(text: string): string {
  return showText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()#+!|~@]/g, (character) => `\\${character}`);
}
