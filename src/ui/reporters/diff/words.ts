import type { Difference, DiffResult } from '../../../commands/diff/result.ts';
import { formatBytes } from '../../size.ts';
import { showText } from '../../text.ts';

/** A verdict as a sentence of its own. */
export const verdictWords = {
  equal: 'equal',
  'metadata-only': 'metadata only',
  'handler-only': 'handler only',
  'weights-only': 'weights only',
  compatible: 'compatible',
  breaking: 'breaking',
} as const satisfies Record<DiffResult['verdict'], string>;

/** Longest value shown; the JSON has all of it. */
const SHOWN = 60;

/** `before → after`, or the one that is there; empty where values are not told. */
export function describeValues({ area, change, before, after }: Difference): string {
  const show = (value: unknown) =>
    area === 'files' && typeof value === 'number' ? formatBytes(value) : showValue(value);
  if (change === 'renamed' || change === 'moved') return `→ ${show(after)}`;
  if (before !== undefined && after !== undefined) return `${show(before)} → ${show(after)}`;
  if (before !== undefined) return show(before);
  return after === undefined ? '' : show(after);
}

function showValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return showText(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}

/** `version 1.0 → 1.1`; empty where neither says one. */
export function describeVersions({ before, after }: DiffResult): string {
  const [one, two] = [before.modelVersion, after.modelVersion];
  if (one === undefined && two === undefined) return '';
  return `version ${showText(one ?? 'none')} → ${showText(two ?? 'none')}`;
}

/** `12 changed, 1 added`; equal ones last. */
export function describeTensors({ tensors }: DiffResult): string {
  const { equal, changed, added, removed, renamed, notCompared } = tensors;
  const parts: [number, string][] = [
    [changed, 'changed'],
    [added, 'added'],
    [removed, 'removed'],
    [renamed, 'renamed'],
    [equal, 'equal'],
    [notCompared, 'with values that cannot be compared'],
  ];
  return parts.flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : [])).join(', ');
}
