import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { createMetricLog, type MetricLogOptions } from '../../../src/serve/logs/metric-log.ts';
import { workerLine } from '../../support/worker-line.ts';

const at = `hostname:${hostname()},timestamp:1795858184`;

function record(options: Partial<MetricLogOptions> = {}) {
  const server: string[] = [];
  const model: string[] = [];
  const log = createMetricLog({
    mode: 'log',
    customs: { defined: [], autoDetect: true },
    logs: { tsMetric: (line) => void server.push(line), modelMetric: (line) => void model.push(line) },
    now: () => new Date(1_795_858_184_999),
    ...options,
  });
  return { log, server, model };
}

test('server metrics have TorchServe’s names and order', () => {
  const { log, server } = record();
  log.countResponse(404);
  log.noteLoad({ worker: '9000', model: 'm', version: '1.0', milliseconds: 4101.6 });
  log.countPrediction({ model: 'm', version: undefined, queued: 0.47522, total: 99.952463 });
  log.noteSystem({ MemoryUtilization: 8.9 });
  expect(server).toEqual([
    `Requests4XX.Count:1.0|#Level:Host|#${at}`,
    `WorkerLoadTime.Milliseconds:4102.0|#WorkerName:W-9000-m_1.0,Level:Host|#${at}`,
    `ts_inference_requests_total.Count:1.0|#model_name:m,model_version:default|#${at}`,
    `ts_inference_latency_microseconds.Microseconds:99952.463|#model_name:m,model_version:default|#${at}`,
    `ts_queue_latency_microseconds.Microseconds:475.22|#model_name:m,model_version:default|#${at}`,
    `QueueTime.Milliseconds:0.0|#Level:Host|#${at}`,
    `WorkerThreadTime.Milliseconds:99.0|#Level:Host|#${at}`,
    `MemoryUtilization.Percent:8.9|#Level:Host|#${at}`,
  ]);
});

test('in legacy mode the three metrics of the endpoint are not in the file', () => {
  const { log, server } = record({ mode: 'legacy' });
  log.countPrediction({ model: 'm', version: '1.0', queued: 1, total: 2 });
  expect(server.map((line) => line.split('.')[0])).toEqual(['QueueTime', 'WorkerThreadTime']);
});

test('a handler’s metric keeps its host and its request ids, with a number as Java prints it', () => {
  const { log, model } = record();
  const line = '[METRICS]Slow.Milliseconds:12345678.5|#ModelName:m,Level:Model|#type:GAUGE|#hostname:h,1700000000';
  log.noteLine(workerLine(`${line},id-1,id-2`));
  log.noteLine(workerLine(line));
  log.noteLine(workerLine('[METRICS]no metric'));
  const head = 'Slow.Milliseconds:1.23456785E7|#ModelName:m,Level:Model|#hostname:h';
  expect(model).toEqual([
    `${head},requestID:id-1,id-2,timestamp:1795858184`,
    `${head},requestID:null,timestamp:1795858184`,
  ]);
});

test('without auto-detection a file has the configured metrics, and two of TorchServe’s own', () => {
  const defined = [{ name: 'Mine', type: 'counter', unit: 'count', dimensions: [] } as const];
  const { log, model } = record({ customs: { defined, autoDetect: false } });
  for (const name of ['Mine', 'Other', 'PredictionTime', 'HandlerTime'])
    log.noteLine(workerLine(`[METRICS]${name}.Milliseconds:1|#|#type:GAUGE|#hostname:h,1`));
  // The unit is that of the definition.
  expect(model.map((line) => line.split(':')[0])).toEqual(['Mine.count', 'PredictionTime.ms', 'HandlerTime.ms']);
});
