import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMetrics } from '../../../src/serve/metrics/metrics.ts';
import { readMetricsConfig } from '../../../src/serve/metrics/metrics-config.ts';
import { tempTree } from '../../support/temp-tree.ts';
import { workerLine } from '../../support/worker-line.ts';
import { startServer } from '../serving.ts';

const host = hostname();
const line = (name: string, value: number, dimensions = 'ModelName:m,Level:Model', type = '|#type:COUNTER') =>
  `[METRICS]${name}.Count:${value}|#${dimensions}${type}|#hostname:h,1700000000,id`;

/** In the form of TorchServe's own file: dimensions are named once and referred to. */
const yaml = `
dimensions:
  - &model_name "ModelName"
  - &level "Level"
  - &hostname "Hostname"
ts_metrics:
  counter:
    - name: Requests2XX
      unit: Count
      dimensions: [*level, *hostname]
model_metrics:
  counter:
    - name: Words
      unit: words
      dimensions: [*model_name, "language"]
  gauge:
    - name: HandlerTime
      unit: ms
      dimensions: [*model_name, *level]
    - name: Depth
      unit: m
      dimensions: [*level, *hostname]
  histogram:
    - name: Size
      unit: kB
      dimensions: [*model_name]
`;

test('metrics of metrics_config are shown with type, unit and labels, and no others without auto-detection', async () => {
  const path = join(await tempTree({ 'metrics.yaml': yaml }), 'metrics.yaml');
  const metrics = createMetrics('prometheus', { defined: await readMetricsConfig(path), autoDetect: false });
  metrics.noteLine(workerLine(line('Words', 2, 'ModelName:m,language:de,Level:Model')));
  metrics.noteLine(workerLine(line('Words', 3, 'ModelName:m,language:de,Level:Model')));
  metrics.noteLine(workerLine(line('Words', 9, 'ModelName:m')));
  metrics.noteLine(workerLine(line('Words', -1, 'ModelName:m,language:de')));
  metrics.noteLine(workerLine(line('Depth', 4, 'Level:Model')));
  metrics.noteLine(workerLine(line('Depth', -5, 'Level:Model')));
  metrics.noteLine(workerLine(line('Unknown', 1)));
  for (const size of [0.02, 0.75, 3, 100]) metrics.noteLine(workerLine(line('Size', size, 'ModelName:m')));
  const bucket = (le: string, count: number) => `Size_bucket{ModelName="m",Hostname="${host}",le="${le}",} ${count}.0`;
  const lows = ['0.025', '0.05', '0.075', '0.1', '0.25', '0.5'].map((le) => bucket(le, 1));
  expect(metrics.format(['Depth', 'Size', 'Words', 'Unknown']).split('\n')).toEqual([
    '# HELP Depth Torchserve prometheus gauge metric with unit: m',
    '# TYPE Depth gauge',
    `Depth{Level="Model",Hostname="${host}",} -5.0`,
    '# HELP Size Torchserve prometheus histogram metric with unit: kB',
    '# TYPE Size histogram',
    ...['0.005', '0.01'].map((le) => bucket(le, 0)),
    ...lows,
    ...['0.75', '1.0', '2.5'].map((le) => bucket(le, 2)),
    ...['5.0', '7.5', '10.0'].map((le) => bucket(le, 3)),
    bucket('+Inf', 4),
    `Size_count{ModelName="m",Hostname="${host}",} 4.0`,
    `Size_sum{ModelName="m",Hostname="${host}",} 103.77`,
    '# HELP Words Torchserve prometheus counter metric with unit: words',
    '# TYPE Words counter',
    `Words{ModelName="m",language="de",Hostname="${host}",} 5.0`,
    '',
  ]);
});

test('metrics of handlers are limited in number, cannot replace the server’s own, and cannot break the text format', () => {
  const metrics = createMetrics('prometheus', { defined: [], autoDetect: true });
  metrics.noteLine(workerLine(line('Requests2XX', 7)));
  metrics.noteLine(workerLine(line('Two words', 7)));
  metrics.noteLine(workerLine(line('Label', 7, 'bad-name:x')));
  for (let i = 0; i < 1_500; i++) {
    metrics.noteLine(workerLine(line(`Name${i}`, 1)));
    metrics.noteLine(workerLine(line('Name0', 1, `ModelName:m${i},Level:Model`)));
  }
  metrics.noteLine(workerLine(line('Plain', 3, 'Level:Model', '')));
  const text = metrics.format([]);
  expect(text).not.toMatch(/Requests2XX\{.* 7|Two words|bad-name/);
  expect(text.match(/^Name0\{/gm)).toHaveLength(1_000);
  expect(text.match(/^# TYPE Name\d+ counter$/gm)).toHaveLength(1_000);
  for (const row of text.split('\n').slice(0, -1)) expect(row).toMatch(/^# (HELP|TYPE) |^\w+\{(\w+="[^"]*",)+\} \S+$/);
});

const counting = `
export default {
  handle(rows, context) {
    context.addCounter('Rows', rows.length);
    context.addTime('Thinking', 12.5);
    return rows.map(() => 'done');
  },
};`;

test('a handler’s counter is shown at /metrics unless only configured metrics are allowed', async () => {
  const files = {
    'metrics.yaml': yaml,
    'config.properties': 'metrics_config=metrics.yaml\nmodel_metrics_auto_detect=false',
  };
  const open = await startServer([{ name: 'counting', code: counting }]);
  const closed = await startServer([{ name: 'counting', code: counting }], {}, files);
  for (const { predict } of [open, closed]) for (let i = 0; i < 3; i++) await predict('counting', '');
  const read = async (server: typeof open) => (await fetch(`${server.handle.urls.metrics}/metrics`)).text();
  const labels = `{ModelName="counting",Level="Model",Hostname="${host}",}`;
  await expect.poll(() => read(open)).toContain(`\nRows${labels} 3.0\n`);
  expect(await read(open)).toContain(`\nThinking${labels} 12.5\n`);
  expect(await read(open)).toContain('# TYPE Rows counter\n');
  await expect.poll(() => read(closed)).toMatch(/\nPredictionTime\{/);
  const text = await read(closed);
  expect(text).not.toContain('Rows');
  expect(text).toContain('# TYPE Words counter\n');
});

test.each([
  ['model_metrics: {counter: [{name: "a b", unit: x}]}', 'model_metrics.counter.0.name'],
  ['model_metrics: {gauge: {name: a}}', 'model_metrics.gauge'],
  ['a: [', 'metrics.yaml'],
])('an invalid metrics configuration is refused with the location: %s', async (text, place) => {
  const folder = await tempTree();
  const path = join(folder, 'metrics.yaml');
  await expect(readMetricsConfig(path)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  await writeFile(path, text);
  await expect(readMetricsConfig(path)).rejects.toMatchObject({
    code: 'PROPERTIES_INVALID',
    message: expect.stringContaining(place),
  });
});
