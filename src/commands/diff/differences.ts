import type { Difference, DiffImpact, DiffResult, DiffVerdict } from './result.ts';

/** Most differences that are listed. A retrained model of 191 shards has about 10,000 tensors. */
const MOST_LISTED = 20_000;

/** Collects differences: the list is bounded, the verdict is not. */
export class Differences {
  readonly listed: Difference[] = [];
  unlisted = 0;
  readonly #impacts = new Set<DiffImpact>();

  get count(): number {
    return this.listed.length + this.unlisted;
  }

  add(difference: Difference): void {
    this.#impacts.add(difference.impact);
    if (this.listed.length < MOST_LISTED) this.listed.push(difference);
    else this.unlisted++;
  }

  /** Several kinds together are compatible unless one breaks; metadata changes nothing beside another kind. */
  verdict(): DiffVerdict {
    const impacts = new Set(this.#impacts);
    if (impacts.size === 0) return 'equal';
    if (impacts.has('breaking')) return 'breaking';
    impacts.delete('metadata');
    const [only] = impacts;
    if (only === undefined) return 'metadata-only';
    if (impacts.size > 1 || only === 'compatible') return 'compatible';
    return only === 'weights' ? 'weights-only' : 'handler-only';
  }
}

/** Other answers are a minor step: no client has to change. */
export function semverStep(verdict: DiffVerdict): DiffResult['semver'] {
  switch (verdict) {
    case 'equal':
      return 'none';
    case 'metadata-only':
      return 'patch';
    case 'breaking':
      return 'major';
    default:
      return 'minor';
  }
}
