import { createProblemLog, type Problem } from '../../core/problem.ts';
import type { WeightsRule } from './rules.ts';

/** What is wrong with a weights file; an offset is in bytes from the start of the file. */
export type WeightsProblem = Problem<WeightsRule>;

/** Collects problems up to a bound, and says how many it left out. */
export class Problems {
  readonly #log = createProblemLog<WeightsRule>('weights/left-out');

  add(rule: WeightsRule, message: string, { offset, hint }: { offset?: number; hint?: string } = {}): void {
    const at = offset === undefined ? {} : { at: { offset } };
    this.#log.add(rule, message, { ...at, ...(hint !== undefined && { hint }) });
  }

  /** Problems another reading found, with the file of each named. */
  addAll(problems: Iterable<WeightsProblem>, label: (message: string) => string): void {
    for (const { rule, message, ...more } of problems) this.#log.add(rule, label(message), more);
  }

  has(prefix: string): boolean {
    return this.#log.has((rule) => rule.startsWith(prefix));
  }

  list(): readonly WeightsProblem[] {
    return this.#log.list();
  }
}

/** A name from a file as a message shows it: quoted, escaped, and cut where it only serves to flood a screen. */
export function quote(name: string): string {
  return JSON.stringify(name.length > 120 ? `${name.slice(0, 117)}...` : name);
}
