/** What the code around a statement makes of it. */
export interface Scope {
  readonly kind: 'module' | 'class' | 'function' | 'async function' | 'lambda';
  /** `break` and `continue` have a loop to leave. */
  readonly inLoop: boolean;
  /** Runs when the module is imported, and its failure is not caught. */
  readonly required: boolean;
  /** Keeps the names bound here; undefined where no one asks for them. */
  readonly names: Set<string> | undefined;
  /** Definitions here are the module's own. */
  readonly isTop: boolean;
}

/** The scope of a body that is not run by importing the module. */
export function toFunction(kind: 'function' | 'async function' | 'lambda'): Scope {
  return { kind, inLoop: false, required: false, names: undefined, isTop: false };
}
