import type { ArchiveReading } from '../archive/structure/types.ts';
import type { Finding } from '../core/finding.ts';
import type { ModelFacts } from '../model/facts.ts';

/** Servers an archive is made for. */
export const targets = ['mar', 'torchserve', 'both'] as const;
export type Target = (typeof targets)[number];

/** What the rules judge: the facts of an archive, and how it came to be judged. */
export interface Subject extends ModelFacts {
  /** The path the user gave. */
  readonly path: string;
  /** Structure and content findings of the archive; empty for a plan. */
  readonly structure: readonly Finding[];
  /** The archive itself; absent for a plan and for a weights file. */
  readonly archive: ArchiveReading | undefined;
  /** Bytes the archive may have, where somebody set a budget. */
  readonly sizeBudget: number | undefined;
  /** The server it is made for; what another one cannot do is worth less than a warning. */
  readonly target: Target;
  /** What happened when the model was run; undefined when nobody asked for that. */
  trial(): Promise<Trial | undefined>;
}

/** The model, loaded in a worker and asked. */
export type Trial =
  /** It was not tried: other rules forbid it, or this machine lacks what it needs. */
  | { readonly kind: 'unsafe' | 'not-here'; readonly reason: string }
  | { readonly kind: 'not-loaded'; readonly reason: string; readonly hint: string | undefined }
  | {
      readonly kind: 'answered';
      readonly input: TrialInput;
      /** HTTP status the server would answer with. */
      readonly status: number;
      /** The beginning of an answer that is an error. */
      readonly message: string;
    };

/** From here on a status of HTTP says that there is no answer. */
const FIRST_ERROR_STATUS = 400;

export function isAnswer(trial: Trial): boolean {
  return trial.kind === 'answered' && trial.status < FIRST_ERROR_STATUS;
}

export interface TrialInput {
  /** What was sent, in words. */
  readonly label: string;
  /** Whether the handler is known to take such a request: an example of the archive, or what a built-in handler and fixed lengths ask for. */
  readonly isKnown: boolean;
}
