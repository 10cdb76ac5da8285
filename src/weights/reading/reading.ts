import type { WeightsFacts } from './facts.ts';
import type { WeightsProblem } from './problem.ts';

/** Facts as far as they could be read, and everything wrong; a malformed file gives problems, never an exception. */
export interface WeightsReading {
  readonly facts: WeightsFacts | undefined;
  /** The format the content shows, whether or not a reader for it exists; undefined when nothing is recognised. */
  readonly detected: string | undefined;
  readonly problems: readonly WeightsProblem[];
}
