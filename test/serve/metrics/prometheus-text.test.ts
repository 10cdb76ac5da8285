import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { createMetrics } from '../../../src/serve/metrics/metrics.ts';
import { formatNumber } from '../../../src/serve/metrics/prometheus-text.ts';
import { workerLine } from '../../support/worker-line.ts';
import { startServer } from '../serving.ts';

test('metrics have TorchServe’s names, in Prometheus’ text format', () => {
  const metrics = createMetrics('legacy');
  metrics.countPrediction({ model: 'a"b', version: undefined, queued: 1, total: 2.5 });
  metrics.countPrediction({ model: 'a"b', version: undefined, queued: 1, total: 2.5 });
  const labels = `{model_name="a\\"b",model_version="default",hostname="${hostname()}",}`;
  expect(metrics.format([])).toBe(
    [
      '# HELP ts_inference_latency_microseconds Torchserve prometheus counter metric with unit: Microseconds',
      '# TYPE ts_inference_latency_microseconds counter',
      `ts_inference_latency_microseconds${labels} 5000.0`,
      '# HELP ts_inference_requests_total Torchserve prometheus counter metric with unit: Count',
      '# TYPE ts_inference_requests_total counter',
      `ts_inference_requests_total${labels} 2.0`,
      '# HELP ts_queue_latency_microseconds Torchserve prometheus counter metric with unit: Microseconds',
      '# TYPE ts_queue_latency_microseconds counter',
      `ts_queue_latency_microseconds${labels} 2000.0`,
      '',
    ].join('\n'),
  );
});

test('numbers are printed as in Java', () => {
  const printed = [0, 1, 2.5, 9_999_999, 1e7, 12_345_678.5, -1e21, 0.001, 0.0005, Number.NaN].map(formatNumber);
  const expected = ['0.0', '1.0', '2.5', '9999999.0', '1.0E7', '1.23456785E7', '-1.0E21', '0.001', '5.0E-4', 'NaN'];
  expect(printed).toEqual(expected);
});

test('the server counts its answers, and shows only requested metrics', async () => {
  const { handle, predict } = await startServer([{}]);
  await predict('kinds', 'str');
  await predict('kinds', 'raise');
  await predict('nope', 'str');
  const read = async (query = '') => (await fetch(`${handle.urls.metrics}/metrics${query}`)).text();
  const text = await read();
  expect(text).toContain(
    `ts_inference_requests_total{model_name="kinds",model_version="default",hostname="${hostname()}",} 2.0`,
  );
  expect(text).toContain(`Requests2XX{Level="Host",Hostname="${hostname()}",} 1.0`);
  expect(text).toContain(`Requests4XX{Level="Host",Hostname="${hostname()}",} 1.0`);
  expect(text).toContain(`Requests5XX{Level="Host",Hostname="${hostname()}",} 1.0`);
  expect((await read('?name[]=Requests5XX')).split('\n').filter((line) => line.startsWith('#'))).toHaveLength(2);
});

test('metric lines of handlers are shown, and invalid lines are not', () => {
  const metrics = createMetrics();
  const line = (name: string, model: string) =>
    `[METRICS]${name}.Milliseconds:1.5|#ModelName:${model},Level:Model|#type:GAUGE|#hostname:h,1700000000,id`;
  metrics.noteLine(workerLine(line('HandlerTime', 'm')));
  metrics.noteLine(workerLine(line('HandlerTime', 'b"} 1\nevil')));
  metrics.noteLine(workerLine(line('Requests2XX', 'm')));
  metrics.noteLine(workerLine(line('NoSuchMetric', 'm')));
  metrics.noteLine(workerLine('[METRICS]HandlerTime.Milliseconds:abc|#|#hostname:h,1'));
  const host = hostname();
  expect(metrics.format(['HandlerTime', 'Requests2XX'])).toBe(
    [
      '# HELP HandlerTime Torchserve prometheus gauge metric with unit: ms',
      '# TYPE HandlerTime gauge',
      `HandlerTime{ModelName="m",Level="Model",Hostname="${host}",} 1.5`,
      '# HELP Requests2XX Torchserve prometheus counter metric with unit: Count',
      '# TYPE Requests2XX counter',
      '',
    ].join('\n'),
  );
});

test('series of ended workers are removed', () => {
  const metrics = createMetrics();
  for (let i = 0; i < 3_000; i++)
    metrics.noteLoad({ worker: String(9000 + i), model: 'm', version: '1.0', milliseconds: 1 });
  const text = metrics.format(['WorkerLoadTime']);
  expect(text.split('\n').filter((line) => line.startsWith('WorkerLoadTime'))).toHaveLength(1_000);
  expect(text).toContain('W-11999-m_1.0');
});
