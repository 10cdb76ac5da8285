import type { Difference, DiffResult } from '../../../commands/diff/result.ts';
import { formatNumber, formatPlural } from '../../size.ts';
import type { Style } from '../../style.ts';
import { hangText, showText } from '../../text.ts';
import { describeTensors, describeValues, describeVersions, verdictWords } from './words.ts';

/** Most differences of one area that are shown; the rest is counted. The JSON lists all. */
const SHOWN_DIFFERENCES = 20;

/** The verdict first, then what differs, by area. */
export function formatDiff(result: DiffResult, style: Style): string {
  const { before, after, differences } = result;
  const title = `${style.title(`${showText(before.path)} → ${showText(after.path)}`)}`;
  const areas = [...new Set(differences.map(({ area }) => area))];
  const sections = areas.map((area) =>
    formatArea(
      area,
      differences.filter((difference) => difference.area === area),
      result,
      style,
    ),
  );
  return `${[`${title}\n${formatVerdict(result, style)}`, ...sections, formatRest(result, style)].filter(Boolean).join('\n\n')}\n`;
}

function formatVerdict(result: DiffResult, style: Style): string {
  const { verdict, semver } = result;
  const paint = { breaking: style.bad, equal: style.good, 'metadata-only': style.good }[String(verdict)] ?? style.warn;
  const step = semver === 'none' ? '' : `calls for a ${semver} step`;
  const facts = [step, describeVersions(result)].filter(Boolean).join('; ');
  return `  ${paint(verdictWords[verdict])}${facts === '' ? '' : `  ${facts}`}`;
}

function formatArea(area: string, differences: readonly Difference[], result: DiffResult, style: Style): string {
  const summary = area === 'tensors' ? describeTensors(result) : '';
  const rest = differences.length - SHOWN_DIFFERENCES;
  return [
    `${style.title(area)}${summary === '' ? '' : `  ${summary}`}`,
    ...formatRows(differences.slice(0, SHOWN_DIFFERENCES), style),
    ...(rest > 0 ? [style.dim(`  … and ${formatNumber(rest)} more (all of them with --json)`)] : []),
  ].join('\n');
}

const marks = { added: '+', removed: '-', changed: '~', renamed: '→', moved: '→' } as const;

/** A reason that several have in a row is printed once, below the last of them. */
function formatRows(differences: readonly Difference[], style: Style): string[] {
  return differences.flatMap((difference, index) => {
    const reason = reasonOf(difference);
    const next = differences[index + 1];
    const isLast = next === undefined || reasonOf(next) !== reason;
    return [
      formatRow(difference, style),
      ...(isLast ? [hangText('      ', style.dim(showText(reason)), style.width)] : []),
    ];
  });
}

function reasonOf({ impact, why }: Difference): string {
  return impact === 'breaking' ? `breaking: ${why}` : why;
}

function formatRow(difference: Difference, style: Style): string {
  const { change, name, impact } = difference;
  const paint = impact === 'breaking' ? style.bad : impact === 'metadata' ? style.dim : style.warn;
  const text = [name === '' ? '' : showText(name), describeValues(difference)].filter(Boolean).join('  ');
  return hangText(`  ${paint(marks[change])} `, text === '' ? change : text, style.width);
}

function formatRest({ unlisted }: DiffResult, style: Style): string {
  return unlisted > 0 ? style.dim(`… and ${formatPlural(unlisted, 'difference')} that are only counted`) : '';
}
