import { expect, test } from 'vitest';
import { planTree } from '../../../src/archive/plan/plan-tree.ts';
import { readModelConfig } from '../../../src/model/config/read-model-config.ts';
import { readSettings } from '../../../src/model/config/torchserve-keys.ts';
import { planContents } from '../../support/plan-files.ts';

async function settings(yaml: string) {
  const config = await readModelConfig(planTree('m.mar', planContents({ 'c.yaml': yaml })), 'c.yaml');
  if (config.kind !== 'ok') throw new Error(config.kind);
  return readSettings(config);
}

test('settings are read in every spelling of YAML 1.1', async () => {
  expect(await settings('minWorkers: 010\nmaxBatchDelay: 1_000\nresponseTimeout: 2:00\ndeviceIds: [0, 0x1]\n')).toEqual(
    {
      minWorkers: 8,
      maxBatchDelay: 1000,
      responseTimeout: 120,
      deviceIds: [0, 1],
    },
  );
});

test.each([
  ['a text for a number', 'batchSize: "8"'],
  ['a float for a whole number', 'batchSize: 8.0'],
  ['an exponent for a whole number', 'responseTimeout: 1e3'],
  ['a number below the least', 'responseTimeout: 0'],
  ['a device nobody has', 'deviceType: tpu'],
  ['a list with something else in it', 'deviceIds: [0, x]'],
  ['a zero that stands for none', 'maxBatchDelay: 0\njobQueueSize: 0'],
  ['a key of the handler', 'preprocess: {mode: L}'],
])('%s counts as absent', async (_, yaml) => {
  expect(await settings(yaml)).toEqual({});
});
