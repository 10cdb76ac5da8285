import { keysOf } from '../../core/names/known-words.ts';

/** TorchServe's metrics as its metrics.yaml defines them (contract 3.5): the unit stands in the help text as written there. */
export const metricFamilies = {
  Requests2XX: { type: 'counter', unit: 'Count' },
  Requests4XX: { type: 'counter', unit: 'Count' },
  Requests5XX: { type: 'counter', unit: 'Count' },
  ts_inference_requests_total: { type: 'counter', unit: 'Count' },
  ts_inference_latency_microseconds: { type: 'counter', unit: 'Microseconds' },
  ts_queue_latency_microseconds: { type: 'counter', unit: 'Microseconds' },
  QueueTime: { type: 'gauge', unit: 'Milliseconds' },
  WorkerThreadTime: { type: 'gauge', unit: 'Milliseconds' },
  WorkerLoadTime: { type: 'gauge', unit: 'Milliseconds' },
  CPUUtilization: { type: 'gauge', unit: 'Percent' },
  MemoryUsed: { type: 'gauge', unit: 'Megabytes' },
  MemoryAvailable: { type: 'gauge', unit: 'Megabytes' },
  MemoryUtilization: { type: 'gauge', unit: 'Percent' },
  DiskUsage: { type: 'gauge', unit: 'Gigabytes' },
  DiskAvailable: { type: 'gauge', unit: 'Gigabytes' },
  DiskUtilization: { type: 'gauge', unit: 'Percent' },
  // Listed by name only: GPUs are not measured.
  GPUMemoryUtilization: { type: 'gauge', unit: 'Percent' },
  GPUMemoryUsed: { type: 'gauge', unit: 'Megabytes' },
  GPUUtilization: { type: 'gauge', unit: 'Percent' },
  HandlerTime: { type: 'gauge', unit: 'ms' },
  PredictionTime: { type: 'gauge', unit: 'ms' },
} as const satisfies Record<string, { readonly type: 'counter' | 'gauge'; readonly unit: string }>;

/** Those of a handler that TorchServe's own metrics.yaml defines. */
export const handlerMetrics: readonly MetricName[] = ['HandlerTime', 'PredictionTime'];

export type MetricName = keyof typeof metricFamilies;
export const metricNames = keysOf(metricFamilies).sort();

/** Metrics of the "legacy" mode. */
export const legacyNames: readonly MetricName[] = [
  'ts_inference_latency_microseconds',
  'ts_inference_requests_total',
  'ts_queue_latency_microseconds',
];
