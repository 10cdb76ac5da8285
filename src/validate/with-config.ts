import type { ConfigProblem } from '../model/config/check-config.ts';
import type { ModelConfig } from '../model/config/read-model-config.ts';
import type { Observation } from './rule.ts';
import type { Subject } from './subject.ts';

/** A check of a readable model configuration; another rule reports why it cannot be read. */
export function withConfig(
  check: (config: ModelConfig, subject: Subject) => Promise<readonly Observation[]> | readonly Observation[],
) {
  return async (subject: Subject): Promise<readonly Observation[]> => {
    const reading = await subject.config();
    return reading?.kind === 'ok' ? check(reading, subject) : [];
  };
}

export function atConfig({ member }: ModelConfig) {
  return ({ message, hint, pointer, line }: ConfigProblem): Observation => ({
    message,
    hint,
    at: { member, pointer, ...(line === undefined ? {} : { line }) },
  });
}
