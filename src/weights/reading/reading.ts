import type { WeightsFacts } from './facts.ts';
import type { WeightsProblem } from './problem.ts';

/** Facts as far as they could be read, and all problems; a malformed file gives problems, never an exception. */
export interface WeightsReading {
  readonly facts: WeightsFacts | undefined;
  /** The format of the content, whether or not it has a reader; undefined if nothing is recognised. */
  readonly detected: string | undefined;
  readonly problems: readonly WeightsProblem[];
}
