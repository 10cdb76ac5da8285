import type { DoctorResult } from '../../commands/doctor/result.ts';
import type { Style } from '../style.ts';
import { hangText, padEnd, showText } from '../text.ts';

type Check = DoctorResult['checks'][number];

/** A line for each check: what was found, what it is for, and the remedy where something is missing. */
export function formatDoctor({ version, platform, checks, passed }: DoctorResult, style: Style): string {
  const width = Math.max(...checks.map(({ id }) => id.length));
  const lines = checks.map((check) => formatCheck(check, width, style));
  const verdict = passed ? style.good('✓ nothing is in the way') : style.bad('✗ something is in the way');
  return `${style.title(`ts-model-archiver ${version}`)}  ${platform}\n\n${lines.join('\n')}\n\n${verdict}\n`;
}

function formatCheck({ id, status, found, purpose, remedy }: Check, width: number, style: Style): string {
  const mark = { good: style.good('✓'), absent: style.warn('–'), bad: style.bad('✗') }[status];
  const text = status === 'good' ? showText(found) : `${showText(found)} (for: ${purpose})`;
  const line = hangText(`  ${mark} ${padEnd(id, width)}  `, text, style.width);
  const indent = ' '.repeat(width + 6);
  return remedy === undefined
    ? line
    : `${line}\n${hangText(`${indent}${style.dim('→')} `, showText(remedy), style.width)}`;
}
