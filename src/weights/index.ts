import type { ByteSource } from '../core/byte-source.ts';
import type { WeightsFacts } from './facts.ts';

/** What is wrong with a weights file: `code` names a rule of the `weights` area. */
export interface WeightsProblem {
  /** `weights/…`, the rule that reports it. */
  readonly code: `weights/${string}`;
  readonly message: string;
  readonly offset?: number;
  readonly hint?: string;
}

/** Facts as far as they could be read, and everything wrong; a malformed file gives problems, never an exception. */
export interface WeightsReading {
  readonly facts: WeightsFacts | undefined;
  /** The format the content shows, whether or not a reader for it exists; undefined when nothing is recognised. */
  readonly detected: string | undefined;
  readonly problems: readonly WeightsProblem[];
}

export declare function readWeights(source: ByteSource, name: string): Promise<WeightsReading>;
