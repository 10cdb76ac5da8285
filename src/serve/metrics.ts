import { hostname } from 'node:os';

/** What one prediction took, in milliseconds. */
export interface PredictionTimes {
  readonly model: string;
  /** As the client asked for it; undefined for the default version. */
  readonly version: string | undefined;
  readonly queued: number;
  readonly total: number;
}

/** Counters under TorchServe's names (contract 3.5), in Prometheus' text form. */
export interface Metrics {
  countResponse(status: number): void;
  countPrediction(times: PredictionTimes): void;
  /** All, or those named. */
  format(names: readonly string[]): string;
}

const counters = {
  Requests2XX: 'Count',
  Requests4XX: 'Count',
  Requests5XX: 'Count',
  ts_inference_requests_total: 'Count',
  ts_inference_latency_microseconds: 'Microseconds',
  ts_queue_latency_microseconds: 'Microseconds',
} as const satisfies Record<string, string>;
type CounterName = keyof typeof counters;

export function createMetrics(): Metrics {
  const host = hostname();
  /** Counter → labels as printed → value. */
  const values = new Map<CounterName, Map<string, number>>();
  const add = (name: CounterName, labels: string, amount: number) => {
    const series = values.get(name) ?? new Map<string, number>();
    series.set(labels, (series.get(labels) ?? 0) + amount);
    values.set(name, series);
  };
  const hostLabels = formatLabels({ Level: 'Host', Hostname: host });
  /** Model → version → labels as printed: they are the same for every prediction. */
  const printed = new Map<string, Map<string, string>>();
  const labelsOf = (model: string, version: string) => {
    const versions = printed.get(model) ?? new Map<string, string>();
    const labels =
      versions.get(version) ?? formatLabels({ model_name: model, model_version: version, hostname: host });
    printed.set(model, versions.set(version, labels));
    return labels;
  };

  return {
    countResponse(status) {
      // Upstream counts 1xx and 3xx among the failures; there are none here.
      add(status < 300 ? 'Requests2XX' : status >= 400 && status < 500 ? 'Requests4XX' : 'Requests5XX', hostLabels, 1);
    },
    countPrediction({ model, version = 'default', queued, total }) {
      const labels = labelsOf(model, version);
      add('ts_inference_requests_total', labels, 1);
      add('ts_inference_latency_microseconds', labels, total * 1000);
      add('ts_queue_latency_microseconds', labels, queued * 1000);
    },
    format(names) {
      const wanted = [...values.keys()].filter((name) => names.length === 0 || names.includes(name)).sort();
      return wanted.map((name) => formatCounter(name, values.get(name) ?? new Map())).join('');
    },
  };
}

function formatCounter(name: CounterName, series: ReadonlyMap<string, number>): string {
  const lines = [
    `# HELP ${name} Torchserve prometheus counter metric with unit: ${counters[name]}`,
    `# TYPE ${name} counter`,
  ];
  for (const [labels, value] of series) lines.push(`${name}${labels} ${formatNumber(value)}`);
  return `${lines.join('\n')}\n`;
}

/** With the comma at the end that upstream's client library prints. */
function formatLabels(labels: Readonly<Record<string, string>>): string {
  const quote = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${quote(value)}",`)
    .join('')}}`;
}

/** As Java prints a double: always with a fraction. */
function formatNumber(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
