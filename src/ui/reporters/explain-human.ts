import type { ExplainResult } from '../../commands/explain.ts';
import type { Severity } from '../../core/finding.ts';
import type { Style } from '../style.ts';
import { hangText } from '../text.ts';

type ExplainedRule = ExplainResult['rules'][number];

/** A few rules in full, many as a list. */
const IN_FULL = 1;

export function formatExplain({ rules }: ExplainResult, style: Style): string {
  if (rules.length <= IN_FULL) return rules.map((rule) => formatRule(rule, style)).join('\n');
  const width = Math.max(...rules.map(({ id }) => id.length));
  const rows = rules.map(
    ({ id, severity, title }) => `${id.padEnd(width)}  ${paint(severity, style)(severity.padEnd(7))}  ${title}`,
  );
  return `${rows.join('\n')}\n\n${style.dim('In full: mar explain RULE')}\n`;
}

function formatRule({ id, severity, title, help, fix, run }: ExplainedRule, style: Style): string {
  const notes = [
    ...(fix === undefined ? [] : [`mar validate --fix ${fix}.`]),
    ...(run ? ['Only checked with mar validate --run.'] : []),
  ];
  return [
    `${style.strong(id)}  ${paint(severity, style)(severity)}`,
    '',
    hangText('  ', `${title}.`, style.width),
    '',
    hangText('  ', help, style.width),
    ...notes.flatMap((note) => ['', hangText('  ', note, style.width)]),
    '',
    style.dim(`  Other severity: --rule ${id}=off|info|warn|error`),
    '',
  ].join('\n');
}

function paint(severity: Severity, style: Style): (text: string) => string {
  return { error: style.bad, warning: style.warn, info: style.accent }[severity];
}
