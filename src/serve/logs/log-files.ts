import type { LogEvent } from '../../core/context.ts';
import type { WorkerLine } from '../process/worker-output.ts';
import { formatBare, formatRecord, type LogLevel } from './log-line.ts';
import { openRollingFile, type RollingFile, type RollingPolicy } from './rolling-file.ts';

export const logFileNames = ['access_log', 'ts_log', 'model_log', 'ts_metrics', 'model_metrics'] as const;
export type LogFileName = (typeof logFileNames)[number];

export interface LogFilePlace extends RollingPolicy {
  readonly path: string;
}

/** Where each file is; a file that is absent is not written. */
export type LogFilePlaces = Partial<Readonly<Record<LogFileName, LogFilePlace>>>;

/** TorchServe's log files. `ts_log` also has every line of the others, with the name of its logger. */
export interface LogFiles {
  /** Lines of the server itself. */
  event(event: LogEvent): void;
  /** The error that stopped the start. */
  error(message: string): void;
  access(line: string): void;
  worker(line: WorkerLine): void;
  tsMetric(line: string): void;
  /** A metric of a handler, with the output line it came from. */
  modelMetric(line: string, source: WorkerLine): void;
  /** Resolves when everything is written. */
  close(): Promise<void>;
}

export interface LogFilesOptions {
  readonly places: LogFilePlaces;
  now(): Date;
  onFailure(message: string): void;
}

/** The thread name for all lines without another one; this server has one thread. */
const MAIN = 'main';
const SERVER = 'mar.serve';

/** Opens or creates every file, so that an unwritable one stops the start: rejects with LOG_UNWRITABLE. */
export async function openLogFiles({ places, now, onFailure }: LogFilesOptions): Promise<LogFiles> {
  const files = new Map<LogFileName, RollingFile>();
  const close = async () => {
    await Promise.all([...files.values()].map((file) => file.close()));
  };
  try {
    for (const name of logFileNames) {
      const place = places[name];
      if (place !== undefined) files.set(name, await openRollingFile({ ...place, now, onFailure }));
    }
  } catch (error) {
    await close();
    throw error;
  }
  const say = (logger: string, thread: string, message: string, level: LogLevel = 'INFO') =>
    files.get('ts_log')?.write(formatRecord(now(), { level, thread, logger, message }));
  return {
    event(event) {
      if (event.kind === 'progress') return;
      const hint = 'hint' in event && event.hint !== undefined ? ` ${event.hint}` : '';
      say(SERVER, MAIN, `${event.message}${hint}`, event.kind === 'warning' ? 'WARN' : 'INFO');
    },
    error: (message) => void say(SERVER, MAIN, message, 'ERROR'),
    access(line) {
      files.get('access_log')?.write(formatBare(now(), line));
      say('ACCESS_LOG', MAIN, line);
    },
    worker(line) {
      const level = line.stream === 'stderr' ? 'WARN' : 'INFO';
      const record = { level, thread: threadOf(line), logger: 'MODEL_LOG', message: line.text } as const;
      files.get('model_log')?.write(formatRecord(now(), record));
      say(record.logger, record.thread, record.message, level);
    },
    tsMetric(line) {
      files.get('ts_metrics')?.write(formatBare(now(), line));
      say('TS_METRICS', MAIN, line);
    },
    modelMetric(line, source) {
      files.get('model_metrics')?.write(formatBare(now(), line));
      say('MODEL_METRICS', threadOf(source), line);
    },
    close,
  };
}

/** As TorchServe names the thread that reads the stream. */
function threadOf({ worker, model, version, stream }: WorkerLine): string {
  return `W-${worker}-${model}_${version}-${stream}`;
}
