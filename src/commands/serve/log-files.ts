import { resolve } from 'node:path';
import type { Context } from '../../core/context.ts';
import { readNamedFile } from '../../core/read-file.ts';
import { type LogFilePlaces, type LogFiles, logFileNames, openLogFiles } from '../../serve/logs/log-files.ts';
import { readLog4jConfig } from '../../serve/logs/log4j-config.ts';
import { createMetricLog } from '../../serve/logs/metric-log.ts';
import type { CustomMetricOptions } from '../../serve/metrics/custom-metrics.ts';
import type { MetricName } from '../../serve/metrics/metric-families.ts';
import type { Measurements, Metrics } from '../../serve/metrics/metrics.ts';
import { createSystemMetrics } from '../../serve/metrics/system-metrics.ts';
import type { ParsedServeOptions, ServeConfig } from './options.ts';

/** Of TorchServe's own log4j2.xml. */
const POLICY = { maxBytes: 100 * 1024 ** 2, kept: 5 };

/** Undefined where nobody asked for log files. */
export async function openLogs(options: ParsedServeOptions, context: Context): Promise<LogFiles | undefined> {
  const places = await choosePlaces(options, context);
  if (places === undefined) return undefined;
  const onFailure = (message: string) => context.log({ kind: 'warning', message });
  return openLogFiles({ places, now: context.now, onFailure });
}

/** `--log-files` wins: it is the form without a file to read. */
async function choosePlaces(
  { logFiles, logConfig }: ParsedServeOptions,
  context: Context,
): Promise<LogFilePlaces | undefined> {
  if (logFiles) return defaultPlaces(context);
  return logConfig === undefined ? undefined : readPlaces(logConfig, context);
}

function defaultPlaces({ cwd, env }: Context): LogFilePlaces {
  const folderOf = (name: string) => (name.endsWith('_metrics') ? env.METRICS_LOCATION : env.LOG_LOCATION) || 'logs';
  return Object.fromEntries(
    logFileNames.map((name) => [name, { path: resolve(cwd, folderOf(name), `${name}.log`), ...POLICY }]),
  );
}

async function readPlaces(path: string, { cwd, env, log }: Context): Promise<LogFilePlaces | undefined> {
  const text = (await readNamedFile(resolve(cwd, path), 'log configuration')).toString('utf8');
  const { places, foreign } = readLog4jConfig(text, env, POLICY, (file) => resolve(cwd, file));
  const isEmpty = Object.keys(places).length === 0;
  if (foreign.length > 0)
    log({ kind: 'warning', message: `Not written, because TorchServe has no such log: ${foreign.join(', ')}.` });
  if (isEmpty)
    log({
      kind: 'notice',
      message: `${path} names none of TorchServe's log files: every line goes to stderr.`,
      hint: 'Add --log-files to write them as TorchServe does.',
    });
  return isEmpty ? undefined : places;
}

/** The context of a server: what it has to say is in `ts_log` too. Lines of workers and requests get there by their own way. */
export function logToFiles(context: Context, logs: LogFiles | undefined): Context {
  if (logs === undefined) return context;
  return {
    ...context,
    log(event) {
      context.log(event);
      logs.event(event);
    },
  };
}

export interface MetricLogging {
  readonly log: Measurements;
  /** Ends the reading of the machine's gauges. */
  close(): void;
}

/**
 * Undefined where the metrics go to no file: TorchServe writes them unless the mode is `prometheus`, which is only the default
 * here; so without a mode they are in both places.
 */
export function openMetricLog(
  logs: LogFiles | undefined,
  customs: CustomMetricOptions,
  { values: config, origins }: ServeConfig,
  context: Context,
): MetricLogging | undefined {
  const isWritten = config.metrics_mode !== 'prometheus' || origins.metrics_mode === 'default';
  if (logs === undefined || !isWritten) return undefined;
  const log = createMetricLog({ mode: config.metrics_mode, customs, logs, now: context.now });
  if (config.disable_system_metrics) return { log, close: () => {} };
  const read = createSystemMetrics(context.cwd);
  const note = () =>
    void read().then(
      (gauges: Partial<Record<MetricName, number>>) => log.noteSystem(gauges),
      // A disk that cannot be asked has no gauges.
      () => {},
    );
  note();
  const timer = setInterval(note, config.metric_time_interval * 1000).unref();
  return { log, close: () => clearInterval(timer) };
}

/** Both are told of everything but the gauges of the machine: the page reads those when it is asked for. */
export function toldTogether(metrics: Metrics, log: Measurements | undefined): Metrics {
  if (log === undefined) return metrics;
  return {
    ...metrics,
    countResponse(status) {
      metrics.countResponse(status);
      log.countResponse(status);
    },
    countPrediction(times) {
      metrics.countPrediction(times);
      log.countPrediction(times);
    },
    noteLoad(load) {
      metrics.noteLoad(load);
      log.noteLoad(load);
    },
    noteLine(line) {
      metrics.noteLine(line);
      log.noteLine(line);
    },
  };
}
