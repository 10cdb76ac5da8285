import type { WeightsRule } from './rules.ts';

/** What is wrong with a weights file: `code` names the rule of the `weights` area that reports it. */
export interface WeightsProblem {
  readonly code: WeightsRule;
  readonly message: string;
  /** Bytes from the start of the file. */
  readonly offset?: number;
  readonly hint?: string;
}

/** More of them say nothing new, and a hostile file could make millions. */
const MAX_PROBLEMS = 200;

/** Collects problems up to a bound; the last one then says how many were left out. */
export class Problems {
  readonly #seen: WeightsProblem[] = [];
  #dropped = 0;

  add(code: WeightsRule, message: string, more: { offset?: number; hint?: string } = {}): void {
    if (this.#seen.length < MAX_PROBLEMS) this.#seen.push({ code, message, ...more });
    else this.#dropped++;
  }

  has(prefix: string): boolean {
    return this.#seen.some(({ code }) => code.startsWith(prefix));
  }

  list(): readonly WeightsProblem[] {
    const last = this.#seen.at(-1);
    if (!last || this.#dropped === 0) return this.#seen;
    return [...this.#seen.slice(0, -1), { ...last, message: `${last.message} (and ${this.#dropped} more problems)` }];
  }
}

/** A name from a file as a message shows it: quoted, escaped, and cut where it only serves to flood a screen. */
export function quote(name: string): string {
  return JSON.stringify(name.length > 120 ? `${name.slice(0, 117)}...` : name);
}
