import type { Context } from '../core/context.ts';
import { configKeys } from '../serve/server-config.ts';
import { parseOptions } from './parse-options.ts';
import { readServeConfig, type ServeOptions, serveOptionsSchema } from './serve-options.ts';

export interface ConfigValue {
  readonly key: string;
  /** As it is obeyed; null when nobody gave one and there is no default. */
  readonly value: unknown;
  /** "default", the path of a file, the command line, or a variable of the environment. */
  readonly origin: string;
}

export interface ServeConfigResult {
  readonly schemaVersion: 1;
  readonly values: readonly ConfigValue[];
  /** Keys of the file that have no effect here. */
  readonly ignored: readonly string[];
}

/** What `mar serve` would run with, each value with its origin; nothing is started. */
export async function showServeConfig(options: ServeOptions, context: Context): Promise<ServeConfigResult> {
  const parsed = parseOptions(serveOptionsSchema, options, 'serve');
  const { values, raw, origins, ignored } = await readServeConfig(parsed, context);
  const shown = configKeys.map((key): ConfigValue => {
    const value = values[key];
    // Patterns and JSON are shown as they were written.
    return { key, value: (typeof value === 'object' ? raw[key] : value) ?? toDefault(value), origin: origins[key] };
  });
  return { schemaVersion: 1, values: shown, ignored };
}

function toDefault(value: unknown): unknown {
  if (Array.isArray(value))
    return value
      .map((pattern: RegExp) => pattern.source.replace(/^\^\(\?:(.*)\)\$$/, '$1').replaceAll('\\/', '/'))
      .join(',');
  return value === undefined ? null : JSON.stringify(value);
}
