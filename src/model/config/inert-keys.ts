import type { ModelConfig } from './read-model-config.ts';

/** Settings that TorchServe applies and `mar serve` ignores, each with the reason as the end of a sentence. */
const reasons: ReadonlyMap<string, string> = new Map([
  ['useVenv', 'requirements are installed for each model by itself anyway'],
]);

/** The same for settings that only Python workers act on. */
const nodeReasons: ReadonlyMap<string, string> = new Map([
  ['asyncCommunication', 'a worker answers batch by batch; one that is fast is sent the next ones ahead'],
  ['parallelType', 'a model runs in one process'],
  ['parallelLevel', 'a model runs in one process'],
  ['torchrun', 'a model runs in one process'],
]);

/** What runs a model: TorchServe's worker, or ours. */
export type Runner = 'Python' | 'Node';

export interface InertKey {
  readonly name: string;
  readonly reason: string;
}

/** Those of the configuration that ask for something; `false` and 0 ask for nothing. */
export function findInertKeys({ values }: ModelConfig, runner: Runner): readonly InertKey[] {
  return [...(runner === 'Node' ? nodeReasons : []), ...reasons].flatMap(([name, reason]) => {
    const value = values[name];
    const asks = value !== undefined && value !== null && value !== false && value !== 0;
    return asks ? [{ name, reason }] : [];
  });
}
