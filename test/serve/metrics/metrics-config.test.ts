import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMetricsConfig } from '../../../src/serve/metrics/metrics-config.ts';
import { tempTree } from '../../support/temp-tree.ts';

const read = async (text: string) => readMetricsConfig(join(await tempTree({ 'm.yaml': text }), 'm.yaml'));

test('the metrics of models are read with their types; the host is not a dimension of them', async () => {
  const text =
    'dimensions: [&host Hostname]\nmodel_metrics:\n  gauge:\n    - { name: Size, unit: Bytes, dimensions: [ModelName, *host] }\n  counter:\n    - { name: Seen, unit: Count }\n';
  expect(await read(text)).toEqual([
    { name: 'Seen', type: 'counter', unit: 'Count', dimensions: [] },
    { name: 'Size', type: 'gauge', unit: 'Bytes', dimensions: ['ModelName'] },
  ]);
});

test('a name that Prometheus does not allow is refused with its location', async () => {
  await expect(read('model_metrics: { gauge: [{ name: "a-b", unit: x }] }\n')).rejects.toMatchObject({
    code: 'PROPERTIES_INVALID',
    message: expect.stringContaining('model_metrics.gauge.0.name'),
  });
});
