import { createProblemLog, type Problem } from '../../core/problem.ts';
import type { WeightsRule } from './rules.ts';

/** A problem of a weights file; an offset is in bytes from the start of the file. */
export type WeightsProblem = Problem<WeightsRule>;

/** Collects problems up to a limit, and counts the rest. */
export class Problems {
  readonly #log = createProblemLog<WeightsRule>('weights/left-out');

  add(rule: WeightsRule, message: string, { offset, hint }: { offset?: number; hint?: string } = {}): void {
    const at = offset === undefined ? {} : { at: { offset } };
    this.#log.add(rule, message, { ...at, ...(hint !== undefined && { hint }) });
  }

  /** Problems of another reading, with the file of each named. */
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

/** A name from a file for a message: quoted, escaped, and shortened if it is long. */
export function quote(name: string): string {
  return JSON.stringify(name.length > 120 ? `${name.slice(0, 117)}...` : name);
}
