import type { Differences } from './differences.ts';
import type { JsonChange } from './json-changes.ts';
import type { DiffArea, Difference, DiffImpact } from './result.ts';

/** What a change means, and why. */
export interface Judgement {
  readonly impact: DiffImpact;
  readonly why: string;
}

export function addChange(
  differences: Differences,
  area: DiffArea,
  { pointer, change, before, after }: JsonChange,
  { impact, why }: Judgement,
  member?: string,
): void {
  const place = { area, change, name: pointer, ...(member !== undefined && { member }) };
  differences.add({ ...place, ...asJson({ before, after }), impact, why });
}

/** Both values come out of JSON or YAML documents; what JSON cannot carry is left out. */
function asJson(values: { before: unknown; after: unknown }): Pick<Difference, 'before' | 'after'> {
  return JSON.parse(JSON.stringify(values));
}
