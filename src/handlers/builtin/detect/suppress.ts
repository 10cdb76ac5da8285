/** Non-maximum suppression: of boxes that overlap, the best stays. */
import type { Manner } from './family-defaults.ts';

export type Corners = readonly [left: number, top: number, right: number, bottom: number];

export interface Candidate {
  readonly label: number;
  readonly score: number;
  readonly box: Corners;
}

export interface Rivalry extends Pick<Manner, 'classOffset' | 'wholePixels'> {
  /** Intersection over union from which on a box gives way. */
  readonly overlap: number;
  /** Whether boxes of different classes compete too. */
  readonly agnostic: boolean;
  /** Most boxes that stay. */
  readonly limit: number;
}

/** Candidates that compete at most: Ultralytics' max_nms. */
const MOST = 30_000;

/** Greedy, best first, in float32 as torchvision's nms computes; what is kept stands best first. */
export function suppress(found: readonly Candidate[], rivalry: Rivalry): Candidate[] {
  const { agnostic, classOffset, overlap, limit } = rivalry;
  const kept: { readonly candidate: Candidate; readonly place: Place }[] = [];
  for (const candidate of rank(found).slice(0, MOST)) {
    if (kept.length === limit) break;
    // Far apart, classes do not meet. The offset costs the last bits of a place, there as here.
    const place = placeOf(candidate.box, agnostic ? 0 : candidate.label * (classOffset ?? 0), rivalry);
    const isCovered = kept.some(
      (other) =>
        (agnostic || other.candidate.label === candidate.label) &&
        intersectionOverUnion(other.place, place, rivalry) > overlap,
    );
    if (!isCovered) kept.push({ candidate, place });
  }
  return kept.map(({ candidate }) => candidate);
}

/** Best first; of equal ones the earlier first. */
export function rank(found: readonly Candidate[]): Candidate[] {
  return found.toSorted((a, b) => b.score - a.score);
}

interface Place {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly area: number;
}

const { fround } = Math;

function placeOf([a, b, c, d]: Corners, offset: number, { wholePixels }: Rivalry): Place {
  const [left, top, right, bottom] = [fround(a + offset), fround(b + offset), fround(c + offset), fround(d + offset)];
  const last = wholePixels ? 1 : 0;
  const area = fround(fround(fround(right - left) + last) * fround(fround(bottom - top) + last));
  return { left, top, right, bottom, area };
}

function intersectionOverUnion(a: Place, b: Place, { wholePixels }: Rivalry): number {
  const last = wholePixels ? 1 : 0;
  const width = fround(fround(Math.min(a.right, b.right) - Math.max(a.left, b.left)) + last);
  const height = fround(fround(Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)) + last);
  if (width <= 0 || height <= 0) return 0;
  const shared = fround(width * height);
  return fround(shared / fround(fround(a.area + b.area) - shared));
}
