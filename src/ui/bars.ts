import type { Style } from './style.ts';
import { formatTable } from './table.ts';
import { showText } from './text.ts';

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** A bar of `share` (0 to 1) of `width` columns, in eighths if the terminal can show them. */
export function formatBar(share: number, width: number, unicode: boolean): string {
  const clamped = Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0));
  if (!unicode) return '#'.repeat(Math.round(clamped * width));
  const steps = Math.round(clamped * width * 8);
  return '█'.repeat(Math.floor(steps / 8)) + (eighths[steps % 8] ?? '');
}

/** `0.9871`, `0.0002`, `1.3e-7`: enough digits to tell two classes apart. */
function formatShare(share: number): string {
  return share !== 0 && share < 0.00005 ? share.toExponential(1) : share.toFixed(4);
}

const BAR_WIDTH = 32;

/** Label → probability as a table with bars, in the given order; the first line is highlighted. */
export function formatBars(shares: readonly (readonly [label: string, share: number])[], style: Style): string {
  const rows = shares.map(([label, share], index) => {
    const name = showText(label);
    const bar = formatBar(share, BAR_WIDTH, style.unicode);
    return [
      index === 0 ? style.strong(name) : name,
      formatShare(share),
      index === 0 ? style.good(bar) : style.accent(bar),
    ];
  });
  return formatTable(rows, [{ align: 'right' }, { align: 'right' }], '  ');
}

/** Label → probability, if the answer is an object of numbers from 0 to 1. */
export function toShares(answer: unknown): [string, number][] | undefined {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return undefined;
  const entries = Object.entries(answer);
  if (entries.length === 0) return undefined;
  const shares = entries.filter((entry): entry is [string, number] => {
    return typeof entry[1] === 'number' && entry[1] >= 0 && entry[1] <= 1;
  });
  return shares.length === entries.length ? shares : undefined;
}
