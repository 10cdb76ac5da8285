/** The context of a statement. */
export interface Scope {
  readonly kind: 'module' | 'class' | 'function' | 'async function' | 'lambda';
  /** Whether `break` and `continue` have a loop to leave. */
  readonly inLoop: boolean;
  /** Runs when the module is imported, and its failure is not caught. */
  readonly required: boolean;
  /** The names bound here; undefined if they are not needed. */
  readonly names: Set<string> | undefined;
  /** Definitions here are the module's own. */
  readonly isTop: boolean;
}

/** The scope of a body that importing the module does not run. */
export function toFunction(kind: 'function' | 'async function' | 'lambda'): Scope {
  return { kind, inLoop: false, required: false, names: undefined, isTop: false };
}
