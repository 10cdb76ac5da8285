import { hostname } from 'node:os';
import { keysOf } from '../../core/names/known-words.ts';
import type { CustomMetricOptions } from '../metrics/custom-metrics.ts';
import { handlerMetrics, legacyNames, type MetricName, metricFamilies } from '../metrics/metric-families.ts';
import { parseMetricLine } from '../metrics/metric-line.ts';
import { familyOf, type Measurements, type MetricsMode } from '../metrics/metrics.ts';
import { formatNumber } from '../metrics/prometheus-text.ts';
import type { LogFiles } from './log-files.ts';

export interface MetricLogOptions {
  readonly mode: MetricsMode;
  readonly customs: CustomMetricOptions;
  readonly logs: Pick<LogFiles, 'tsMetric' | 'modelMetric'>;
  now(): Date;
}

/** Each measurement as a line of `ts_metrics.log` or `model_metrics.log`, in TorchServe's form. */
export function createMetricLog({ mode, customs, logs, now }: MetricLogOptions): Measurements {
  const host = hostname();
  // The unit of a definition overrides that of the line.
  const units = new Map(customs.defined.map(({ name, unit }) => [name, unit]));
  for (const name of handlerMetrics) units.set(name, metricFamilies[name].unit);
  const seconds = () => Math.floor(now().getTime() / 1000);
  const write = (name: MetricName, value: number, dimensions: string) => {
    // In that mode these three are on the metrics page instead.
    if (mode === 'legacy' && legacyNames.includes(name)) return;
    const { unit } = metricFamilies[name];
    logs.tsMetric(`${name}.${unit}:${formatNumber(value)}|#${dimensions}|#hostname:${host},timestamp:${seconds()}`);
  };
  return {
    countResponse(status) {
      write(familyOf(status), 1, 'Level:Host');
    },
    countPrediction({ model, version = 'default', queued, total }) {
      const dimensions = `model_name:${model},model_version:${version}`;
      write('ts_inference_requests_total', 1, dimensions);
      write('ts_inference_latency_microseconds', toMicroseconds(total), dimensions);
      write('ts_queue_latency_microseconds', toMicroseconds(queued), dimensions);
      write('QueueTime', Math.floor(queued), 'Level:Host');
      write('WorkerThreadTime', Math.floor(total - queued), 'Level:Host');
    },
    noteLoad({ worker, model, version, milliseconds }) {
      write('WorkerLoadTime', Math.round(milliseconds), `WorkerName:W-${worker}-${model}_${version},Level:Host`);
    },
    noteLine(line) {
      const metric = parseMetricLine(line.text);
      if (metric === undefined) return;
      const { name, value, hostname: from, requestId } = metric;
      const unit = units.get(name) ?? (customs.autoDetect ? metric.unit : undefined);
      if (unit === undefined) return;
      const dimensions = [...metric.dimensions].map((pair) => pair.join(':')).join(',');
      // "null" is TorchServe's word for a measurement outside any request.
      const origin = `hostname:${from},requestID:${requestId ?? 'null'},timestamp:${seconds()}`;
      logs.modelMetric(`${name}.${unit}:${formatNumber(value)}|#${dimensions}|#${origin}`, line);
    },
    noteSystem(gauges) {
      for (const name of keysOf(gauges)) write(name, gauges[name] ?? NaN, 'Level:Host');
    },
  };
}

/** In nanoseconds, the resolution of TorchServe's clock. */
function toMicroseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1e6) / 1000;
}
