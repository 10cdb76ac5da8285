import { readSettings } from '../../model/config/torchserve-keys.ts';
import type { ModelFacts } from '../../model/facts.ts';
import { type ModelSettings, resolveSettings, unconfigured } from '../../serve/model/model-settings.ts';
import type { InspectResult } from './result.ts';

type InspectedConfig = NonNullable<InspectResult['config']>;

/** model-config.yaml as written, and the settings `mar serve` derives from it without other configuration. */
export async function describeConfig(facts: ModelFacts): Promise<InspectedConfig | undefined> {
  const reading = await facts.config();
  if (reading === undefined || reading.kind === 'missing') return undefined;
  const { member } = reading;
  if (reading.kind === 'unreadable') return { member, status: 'unreadable', reason: reading.reason };
  const { sequences, parallel, ...settings } = resolveSettings({}, readSettings(reading), {}, unconfigured);
  const effective = {
    ...settings,
    ...(parallel && { parallelType: parallel.type, parallelLevel: parallel.level }),
    sequenceBatching: sequences !== undefined,
    ...toKeys(sequences),
  };
  return { member, status: 'ok', values: { ...reading.values }, effective };
}

/** By the keys of the file. */
function toKeys(sequences: ModelSettings['sequences']): Record<string, number> {
  if (sequences === undefined) return {};
  const { most, maxIdle, timeout, jobQueueSize } = sequences;
  return {
    maxNumSequence: most,
    sequenceMaxIdleMSec: maxIdle,
    sequenceTimeoutMSec: timeout,
    maxSequenceJobQueueSize: jobQueueSize,
  };
}
