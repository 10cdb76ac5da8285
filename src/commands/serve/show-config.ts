import type { Context } from '../../core/context.ts';
import { configKeys, secretKeys } from '../../serve/config/server-config.ts';
import { parseOptions } from '../parse-options.ts';
import { wordIgnored } from './config-notices.ts';
import { readServeConfig, type ServeOptions, serveOptionsSchema } from './options.ts';

/** Stands for a secret that somebody gave. */
const HIDDEN = '***';

export interface ConfigValue {
  readonly key: string;
  /** As it is obeyed; null when nobody gave one and there is no default. */
  readonly value: unknown;
  /** "default", the path of a file, the command line, or a variable of the environment. */
  readonly origin: string;
}

export interface IgnoredKey {
  readonly key: string;
  readonly reason: string;
}

export interface ServeConfigResult {
  readonly schemaVersion: 1;
  readonly values: readonly ConfigValue[];
  /** Keys of the file that have no effect here, and why. */
  readonly ignored: readonly IgnoredKey[];
}

/** What `mar serve` would run with, each value with its origin; nothing is started. */
export async function showServeConfig(options: ServeOptions, context: Context): Promise<ServeConfigResult> {
  const parsed = parseOptions(serveOptionsSchema, options, 'serve');
  const { values, raw, origins, ignored } = await readServeConfig(parsed, context);
  const shown = configKeys.map((key): ConfigValue => {
    const value = values[key];
    if (secretKeys.includes(key) && raw[key] !== undefined) return { key, value: HIDDEN, origin: origins[key] };
    // Patterns and JSON are shown as they were written.
    return { key, value: (typeof value === 'object' ? raw[key] : value) ?? toDefault(value), origin: origins[key] };
  });
  return { schemaVersion: 1, values: shown, ignored: ignored.map((key) => ({ key, reason: wordIgnored(key) })) };
}

function toDefault(value: unknown): unknown {
  if (Array.isArray(value))
    return value
      .map((pattern: RegExp) => pattern.source.replace(/^\^\(\?:(.*)\)\$$/, '$1').replaceAll('\\/', '/'))
      .join(',');
  return value === undefined ? null : JSON.stringify(value);
}
