import { hostname } from 'node:os';
import type { MetricLine } from './metric-line.ts';
import { formatHead, formatLabels, formatNumber } from './prometheus-text.ts';

export const metricTypes = ['counter', 'gauge', 'histogram'] as const;
export type MetricType = (typeof metricTypes)[number];

/** A metric defined by a handler or by metrics_config. */
export interface CustomMetric {
  readonly name: string;
  readonly type: MetricType;
  readonly unit: string;
  /** Label names, in order; Hostname is added, as in TorchServe. */
  readonly dimensions: readonly string[];
}

export interface CustomMetricOptions {
  /** From metrics_config. */
  readonly defined: readonly CustomMetric[];
  /** Whether an undefined metric is created from its first line (model_metrics_auto_detect). */
  readonly autoDetect: boolean;
}

export interface CustomMetrics {
  note(line: MetricLine): void;
  names(): string[];
  format(name: string): string;
}

/** Limits for handlers that use their inputs as names or labels. */
const MAX_METRICS = 1_000;
const MAX_SERIES = 1_000;
/** Allowed by Prometheus and by the metric lines. */
const NAME = /^[A-Za-z_]\w*$/;
/** Defaults of Prometheus' Java client, as in TorchServe. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, Number.POSITIVE_INFINITY];

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** The sum of a counter or a histogram, the last value of a gauge. */
  value: number;
  count: number;
  readonly buckets: number[];
}

interface Family extends CustomMetric {
  readonly series: Map<string, Series>;
}

export function createCustomMetrics({ defined, autoDetect }: CustomMetricOptions): CustomMetrics {
  const host = hostname();
  const families = new Map<string, Family>();
  const define = (metric: CustomMetric): Family => {
    const family = { ...metric, series: new Map() };
    families.set(metric.name, family);
    return family;
  };
  for (const metric of defined) define(metric);
  return {
    note(line) {
      const isNew = !families.has(line.name) && autoDetect && families.size < MAX_METRICS && isNamed(line);
      const family = isNew ? define(toMetric(line)) : families.get(line.name);
      if (family !== undefined) record(family, line, host);
    },
    names: () => [...families.keys()],
    format(name) {
      const family = families.get(name);
      if (family === undefined) return '';
      const lines = [...family.series.values()].flatMap((series) => formatSeries(family, series));
      return `${[...formatHead(name, family.type, family.unit), ...lines].join('\n')}\n`;
    },
  };
}

function isNamed({ name, dimensions }: MetricLine): boolean {
  return [name, ...dimensions.keys()].every((text) => NAME.test(text));
}

/** A line without a type is a gauge. */
function toMetric({ name, type, unit, dimensions }: MetricLine): CustomMetric {
  const known = metricTypes.find((one) => one === type?.toLowerCase());
  return { name, type: known ?? 'gauge', unit, dimensions: [...dimensions.keys()] };
}

/** Ignores a line that lacks a label, and a negative counter, as TorchServe does. */
function record({ type, dimensions, series }: Family, { value, dimensions: given }: MetricLine, host: string): void {
  if (dimensions.some((name) => !given.has(name)) || (type === 'counter' && value < 0)) return;
  const pairs = dimensions.map((name) => [name, given.get(name) ?? '']);
  const labels = Object.fromEntries([...pairs, ['Hostname', host]]);
  const key = formatLabels(labels);
  const one = series.get(key) ?? { labels, value: 0, count: 0, buckets: BUCKETS.map(() => 0) };
  if (!series.has(key) && series.size >= MAX_SERIES) return;
  series.set(key, one);
  one.value = type === 'gauge' ? value : one.value + value;
  one.count += 1;
  if (type === 'histogram') {
    for (const [index, bound] of BUCKETS.entries())
      if (value <= bound) one.buckets[index] = (one.buckets[index] ?? 0) + 1;
  }
}

function formatSeries({ name, type }: Family, { labels, value, count, buckets }: Series): string[] {
  const own = formatLabels(labels);
  if (type !== 'histogram') return [`${name}${own} ${formatNumber(value)}`];
  const bounds = BUCKETS.map((bound, index) => {
    const le = Number.isFinite(bound) ? formatNumber(bound) : '+Inf';
    return `${name}_bucket${formatLabels({ ...labels, le })} ${formatNumber(buckets[index] ?? 0)}`;
  });
  return [...bounds, `${name}_count${own} ${formatNumber(count)}`, `${name}_sum${own} ${formatNumber(value)}`];
}
