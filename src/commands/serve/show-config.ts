import type { Context } from '../../core/context.ts';
import { configKeys, secretKeys } from '../../serve/config/server-config.ts';
import { parseOptions } from '../parse-options.ts';
import { wordIgnored } from './config-notices.ts';
import { readServeConfig, type ServeOptions, serveOptionsSchema } from './options.ts';

/** Shown instead of a configured secret. */
const HIDDEN = '***';

export interface ConfigValue {
  readonly key: string;
  /** The effective value; null if unset and without a default. */
  readonly value: unknown;
  /** "default", a file's path, the command line, or an environment variable. */
  readonly origin: string;
}

export interface IgnoredKey {
  readonly key: string;
  readonly reason: string;
}

export interface ServeConfigResult {
  readonly schemaVersion: 1;
  readonly values: readonly ConfigValue[];
  /** Ignored keys of the file, with the reason. */
  readonly ignored: readonly IgnoredKey[];
}

/** The effective configuration of `mar serve`, each value with its origin; starts nothing. */
export async function showServeConfig(options: ServeOptions, context: Context): Promise<ServeConfigResult> {
  const parsed = parseOptions(serveOptionsSchema, options, 'serve');
  const { values, raw, origins, ignored } = await readServeConfig(parsed, context);
  const shown = configKeys.map((key): ConfigValue => {
    const value = values[key];
    if (secretKeys.includes(key) && raw[key] !== undefined) return { key, value: HIDDEN, origin: origins[key] };
    // As written in the file.
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
