import { type LogFileName, type LogFilePlace, type LogFilePlaces, logFileNames } from './log-files.ts';
import type { RollingPolicy } from './rolling-file.ts';

/** One of its appenders that writes to a file. */
const APPENDER = /<(RollingFile|RollingRandomAccessFile|File|RandomAccessFile)\b([^>]*?)(?:\/>|>([\s\S]*?)<\/\1>)/g;
const COMMENT = /<!--[\s\S]*?-->/g;
const UNITS = { '': 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 } as const;

export interface Log4jReading {
  readonly places: LogFilePlaces;
  /** Files that TorchServe does not have; nothing is written to them. */
  readonly foreign: readonly string[];
}

/**
 * The log files of TorchServe that a log4j2.xml configures, their paths, and when they are rolled. A file is recognised
 * by its name. Levels, patterns and loggers are ignored: the lines keep TorchServe's own form.
 */
export function readLog4jConfig(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  otherwise: RollingPolicy,
  resolve: (path: string) => string,
): Log4jReading {
  const places: Partial<Record<LogFileName, LogFilePlace>> = {};
  const foreign: string[] = [];
  for (const [, , attributes = '', body = ''] of text.replace(COMMENT, '').matchAll(APPENDER)) {
    const path = substitute(readAttribute(attributes, 'fileName') ?? '', env);
    const name = logFileNames.find((known) => path === `${known}.log` || path.endsWith(`/${known}.log`));
    if (name !== undefined) places[name] = { path: resolve(path), ...readPolicy(body, otherwise) };
    else if (path !== '') foreign.push(path);
  }
  return { places, foreign };
}

function readPolicy(body: string, otherwise: RollingPolicy): RollingPolicy {
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*(KB|MB|GB)?\s*$/i.exec(readAttribute(body, 'size') ?? '') ?? [];
  const factor = Object.entries(UNITS).find(([known]) => known === unit.toUpperCase())?.[1] ?? 1;
  const max = Number(readAttribute(body, 'max'));
  return {
    maxBytes: amount === undefined ? otherwise.maxBytes : Math.max(1, Math.round(Number(amount) * factor)),
    kept: Number.isSafeInteger(max) && max > 0 ? max : otherwise.kept,
  };
}

function readAttribute(text: string, name: string): string | undefined {
  const [, double, single] = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(text) ?? [];
  return double ?? single;
}

/** `${env:NAME}` and `${env:NAME:-otherwise}`. */
function substitute(text: string, env: Readonly<Record<string, string | undefined>>): string {
  return text.replace(
    /\$\{env:([^:}]+)(?::-([^}]*))?\}/g,
    (_, name: string, fallback?: string) => env[name] ?? fallback ?? '',
  );
}
