import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serve } from '../../src/commands/serve/serve.ts';
import { testContext } from '../support/context.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { findIncumbent, startTorchServe } from './torchserve.ts';

/** What a Python handler measures, in the text of both servers. */
const incumbent = findIncumbent();
if ('missing' in incumbent) console.log(`SKIPPED: TorchServe with Java: ${incumbent.missing}`);
const python = 'python' in incumbent ? incumbent.python : '';

const HANDLER = `
from ts.metrics.metric_type_enum import MetricTypes


class Measuring:
    def initialize(self, context):
        pass

    def handle(self, data, context):
        metrics = context.metrics
        metrics.add_counter("Calls", 1)
        metrics.add_time("StepTime", 12.5, None, "ms")
        metrics.add_size("BytesIn", 5, None, "B")
        metrics.get_metric("Scores", MetricTypes.HISTOGRAM).add_or_update(0.3, ["measuring", "a b"])
        return ["ok" for _ in data]
`;
const CONFIG = `dimensions:
  - &model "ModelName"
  - &level "Level"
ts_metrics: {}
model_metrics:
  counter:
    - { name: Calls, unit: count, dimensions: [*model, *level] }
  gauge:
    - { name: StepTime, unit: ms, dimensions: [*model, *level] }
    - { name: BytesIn, unit: B, dimensions: [*model, *level] }
  histogram:
    - { name: Scores, unit: ms, dimensions: [*model, *level] }
`;
const OWN = /(Calls|StepTime|BytesIn|Scores)/;
const REQUESTS = 3;

describe.skipIf('missing' in incumbent)('metrics_config', () => {
  test('counters, gauges and histograms that it defines are shown in the same way', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tsma-metrics-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const store = join(folder, 'store');
    await mkdir(store);
    await makeMar(join(store, 'measuring.mar'), {
      files: { 'measuring.py': HANDLER },
      manifest: manifestOf({ modelName: 'measuring', handler: 'measuring.py' }),
    });
    const metricsConfig = join(folder, 'metrics.yaml');
    await writeFile(metricsConfig, CONFIG);
    await writeFile(join(folder, 'config.properties'), `metrics_config=${metricsConfig}\n`);
    const models = ['measuring.mar'];
    const theirs = await startTorchServe(python, store, folder, {
      models,
      properties: { metrics_config: metricsConfig },
    });
    onTestFinished(theirs.stop);
    const options = { port: 0, modelStore: store, models, tsConfig: 'config.properties', python, threads: 1, grace: 5 };
    const ours = await serve(options, testContext(folder, { env: process.env }));
    onTestFinished(() => ours.close());
    for (const { inference } of [ours.urls, theirs.urls])
      for (let i = 0; i < REQUESTS; i++) await ask(`${inference}/predictions/measuring`, 'POST');
    // Measurements come by another way than answers do.
    await expect.poll(async () => read(theirs.urls.metrics), { timeout: 10_000 }).toContain('Scores_count');
    const shown = await read(theirs.urls.metrics);
    expect(shown).toContain(` ${REQUESTS}.0`);
    await expect.poll(async () => read(ours.urls.metrics), { timeout: 10_000 }).toBe(shown);
  }, 180_000);
});

async function ask(url: string, method: string): Promise<string> {
  const response = await fetch(url, { method, ...(method === 'POST' ? { body: 'hello' } : {}) });
  expect(response.status).toBe(200);
  return response.text();
}

/** The lines about the handler's own metrics. */
async function read(url: string): Promise<string> {
  const lines = (await ask(`${url}/metrics`, 'GET')).split('\n');
  return lines
    .filter((line) => OWN.test(line))
    .sort()
    .join('\n');
}
