import { hostname } from 'node:os';
import { keysOf } from '../../core/names/known-words.ts';
import type { WorkerLine } from '../process/worker-output.ts';
import { type CustomMetricOptions, createCustomMetrics } from './custom-metrics.ts';
import { handlerMetrics, legacyNames, type MetricName, metricFamilies, metricNames } from './metric-families.ts';
import { parseMetricLine } from './metric-line.ts';
import { formatHead, formatLabels, formatNumber } from './prometheus-text.ts';

/** Times of one prediction, in milliseconds. */
export interface PredictionTimes {
  readonly model: string;
  /** As in the request; undefined for the default version. */
  readonly version: string | undefined;
  readonly queued: number;
  readonly total: number;
}

/** A worker that has loaded its model. */
export interface WorkerLoad {
  readonly worker: string;
  readonly model: string;
  readonly version: string;
  readonly milliseconds: number;
}

/** `log` shows nothing, as TorchServe's default; `legacy` its three oldest counters. */
export type MetricsMode = 'prometheus' | 'legacy' | 'log';

/** Receives every measurement. */
export interface Measurements {
  countResponse(status: number): void;
  countPrediction(times: PredictionTimes): void;
  noteLoad(load: WorkerLoad): void;
  /** An output line of a worker; ignored unless it is a metric line of a metric that is shown. */
  noteLine(line: WorkerLine): void;
  /** Gauges of the machine. */
  noteSystem(values: Partial<Record<MetricName, number>>): void;
}

/** TorchServe's metrics (contract 3.5) in Prometheus' text form. */
export interface Metrics extends Measurements {
  /** All, or those named. */
  format(names: readonly string[]): string;
}

/** Most series of one metric: every worker that ever ran adds one. */
const MAX_SERIES = 1_000;

/** A handler's metric with the name of one of the server's own is ignored. */
export function createMetrics(
  mode: MetricsMode = 'prometheus',
  customs: CustomMetricOptions = { defined: [], autoDetect: false },
): Metrics {
  const host = hostname();
  /** Metric → labels as printed → value. */
  const values = new Map<MetricName, Map<string, number>>();
  const seriesOf = (name: MetricName): Map<string, number> => {
    const known = values.get(name);
    if (known !== undefined) return known;
    const series = new Map<string, number>();
    values.set(name, series);
    return series;
  };
  const add = (name: MetricName, labels: string, amount: number) => {
    const series = seriesOf(name);
    series.set(labels, (series.get(labels) ?? 0) + amount);
  };
  const set = (name: MetricName, labels: string, value: number) => {
    const series = seriesOf(name);
    const [oldest] = series.keys();
    if (series.size >= MAX_SERIES && !series.has(labels) && oldest !== undefined) series.delete(oldest);
    series.set(labels, value);
  };
  const hostLabels = formatLabels({ Level: 'Host', Hostname: host });
  const modelLabels = createModelLabels(host);
  const custom = createCustomMetrics({ ...customs, defined: customs.defined.filter(({ name }) => !isOwn(name)) });
  const shown = () => {
    if (mode !== 'prometheus') return mode === 'log' ? [] : legacyNames;
    return [...metricNames, ...custom.names()].sort();
  };

  return {
    countResponse(status) {
      add(familyOf(status), hostLabels, 1);
    },
    countPrediction({ model, version = 'default', queued, total }) {
      const labels = modelLabels(model, version);
      add('ts_inference_requests_total', labels, 1);
      add('ts_inference_latency_microseconds', labels, total * 1000);
      add('ts_queue_latency_microseconds', labels, queued * 1000);
      set('QueueTime', hostLabels, queued);
      set('WorkerThreadTime', hostLabels, total - queued);
    },
    noteLoad({ worker, model, version, milliseconds }) {
      const labels = { WorkerName: `W-${worker}-${model}_${version}`, Level: 'Host', Hostname: host };
      set('WorkerLoadTime', formatLabels(labels), Math.round(milliseconds));
    },
    noteLine(line) {
      const metric = parseMetricLine(line.text);
      if (metric === undefined) return;
      if (!isOwn(metric.name)) custom.note(metric);
      const name = handlerMetrics.find((known) => known === metric.name);
      if (name === undefined) return;
      const labels = { ModelName: metric.dimensions.get('ModelName') ?? '', Level: 'Model', Hostname: host };
      set(name, formatLabels(labels), metric.value);
    },
    noteSystem(gauges) {
      for (const name of keysOf(gauges)) set(name, hostLabels, gauges[name] ?? NaN);
    },
    format: (names) =>
      shown()
        .filter((name) => names.length === 0 || names.includes(name))
        .map((name) => (isOwn(name) ? formatFamily(name, values.get(name) ?? new Map()) : custom.format(name)))
        .join(''),
  };
}

/** TorchServe counts 1xx and 3xx as failures; this server sends none. */
export function familyOf(status: number): MetricName {
  if (status < 300) return 'Requests2XX';
  return status >= 400 && status < 500 ? 'Requests4XX' : 'Requests5XX';
}

function isOwn(name: string): name is MetricName {
  return Object.hasOwn(metricFamilies, name);
}

/** Caches the printed labels of predictions. */
function createModelLabels(host: string): (model: string, version: string) => string {
  const printed = new Map<string, Map<string, string>>();
  return (model, version) => {
    const versions = printed.get(model) ?? new Map<string, string>();
    const labels = versions.get(version) ?? formatLabels({ model_name: model, model_version: version, hostname: host });
    printed.set(model, versions.set(version, labels));
    return labels;
  };
}

function formatFamily(name: MetricName, series: ReadonlyMap<string, number>): string {
  const { type, unit } = metricFamilies[name];
  const lines = formatHead(name, type, unit);
  for (const [labels, value] of series) lines.push(`${name}${labels} ${formatNumber(value)}`);
  return `${lines.join('\n')}\n`;
}
