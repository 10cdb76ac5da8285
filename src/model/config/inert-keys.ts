import type { ModelConfig } from './read-model-config.ts';

/** Settings that TorchServe acts on and `mar serve` does not, each with the reason as the end of a sentence. */
const reasons: ReadonlyMap<string, string> = new Map([
  ['asyncCommunication', 'a worker answers batch by batch; a fast one gets the next batches ahead'],
  ['parallelType', 'a model runs in one process'],
  ['parallelLevel', 'a model runs in one process'],
  ['torchrun', 'a model runs in one process'],
  ['useVenv', 'requirements are always installed for each model separately'],
]);

export interface InertKey {
  readonly name: string;
  readonly reason: string;
}

/** Those of the configuration that ask for something; `false` and 0 ask for nothing. */
export function findInertKeys({ values }: ModelConfig): readonly InertKey[] {
  const both = values.continuousBatching === true && values.sequenceBatching === true;
  const continuous = { name: 'continuousBatching', reason: 'with sequenceBatching a batch is answered as a whole' };
  return [
    ...(both ? [continuous] : []),
    ...[...reasons].flatMap(([name, reason]) => {
      const value = values[name];
      const asks = value !== undefined && value !== null && value !== false && value !== 0;
      return asks ? [{ name, reason }] : [];
    }),
  ];
}
