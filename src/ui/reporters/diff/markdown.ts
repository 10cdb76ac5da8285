import type { Difference, DiffResult } from '../../../commands/diff/result.ts';
import { escapeMarkdown } from '../../markdown.ts';
import { formatNumber } from '../../size.ts';
import { describeTensors, describeValues, describeVersions, verdictWords } from './words.ts';

/** Most rows of the table: a pull request takes 65,536 characters. */
const SHOWN_ROWS = 100;

/** For a pull request: the verdict, then a table of what differs, what breaks first. */
export function formatDiffMarkdown(result: DiffResult): string {
  const { before, after, verdict, semver, differences, unlisted } = result;
  const head = `### ${escapeMarkdown(before.path)} → ${escapeMarkdown(after.path)}: ${verdictWords[verdict]}`;
  const facts = [
    semver === 'none' ? 'Nothing differs.' : `Calls for a ${semver} step.`,
    sentence(describeVersions(result)),
    sentence(describeTensors(result) && `tensors: ${describeTensors(result)}`),
  ];
  const sorted = [...differences].sort((a, b) => rank(a) - rank(b));
  const rest = sorted.length - SHOWN_ROWS + unlisted;
  return [
    head,
    '',
    facts.filter(Boolean).join(' '),
    ...(sorted.length === 0 ? [] : ['', '| area | what | change | means |', '|---|---|---|---|']),
    ...sorted.slice(0, SHOWN_ROWS).map(formatRow),
    ...(rest > 0 ? ['', `… and ${formatNumber(rest)} more.`] : []),
    '',
  ].join('\n');
}

function rank({ impact }: Difference): number {
  return ['breaking', 'compatible', 'weights', 'handler', 'metadata'].indexOf(impact);
}

function sentence(text: string): string {
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${escapeMarkdown(text.slice(1))}.`;
}

function formatRow(difference: Difference): string {
  const { area, change, name, impact, why } = difference;
  const what = [change, describeValues(difference)].filter(Boolean).join(' ');
  const impactWord = impact === 'breaking' ? '**breaking**' : impact;
  return `| ${area} | ${escapeMarkdown(name)} | ${escapeMarkdown(what)} | ${impactWord}: ${escapeMarkdown(why)} |`;
}
