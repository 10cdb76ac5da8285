import type { ArchiveReading } from '../archive/structure/types.ts';
import type { Finding } from '../core/finding.ts';
import type { ModelFacts } from '../model/facts.ts';

/** Servers that an archive can be made for. */
export const targets = ['mar', 'torchserve', 'both'] as const;
export type Target = (typeof targets)[number];

/** The input of the rules: the facts of an archive, and the options of the validation. */
export interface Subject extends ModelFacts {
  /** The path the user gave. */
  readonly path: string;
  /** Structure and content findings of the archive; empty for a plan. */
  readonly structure: readonly Finding[];
  /** The archive itself; absent for a plan and for a weights file. */
  readonly archive: ArchiveReading | undefined;
  /** Size budget of the archive in bytes, if one is set. */
  readonly sizeBudget: number | undefined;
  /** The target server; a limitation of another one is less than a warning. */
  readonly target: Target;
  /** Result of running the model; undefined if that was not requested. */
  trial(): Promise<Trial | undefined>;
}

/** The model was loaded in a worker and got a request. */
export type Trial =
  /** The model was not run: other rules forbid it, or this machine lacks a requirement. */
  | { readonly kind: 'unsafe' | 'not-here'; readonly reason: string }
  | { readonly kind: 'not-loaded'; readonly reason: string; readonly hint: string | undefined }
  | {
      readonly kind: 'answered';
      readonly input: TrialInput;
      /** HTTP status of the server's answer. */
      readonly status: number;
      /** The start of an error answer. */
      readonly message: string;
    };

/** HTTP statuses from here on mean that there is no answer. */
const FIRST_ERROR_STATUS = 400;

export function isAnswer(trial: Trial): boolean {
  return trial.kind === 'answered' && trial.status < FIRST_ERROR_STATUS;
}

export interface TrialInput {
  /** Description of the request. */
  readonly label: string;
  /**
   * Whether the handler is known to accept such a request: an example of the archive, or an input that a built-in
   * handler and fixed lengths determine.
   */
  readonly isKnown: boolean;
}
