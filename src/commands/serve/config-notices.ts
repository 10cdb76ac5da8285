import type { Context } from '../../core/context.ts';
import { keysOf } from '../../core/names/known-words.ts';
import { nearest } from '../../core/names/nearest.ts';
import { ignoredKeys } from '../../serve/config/ignored-keys.ts';
import { configKeys } from '../../serve/config/server-config.ts';
import type { ParsedServeOptions } from './options.ts';

/** Why a key is ignored, as the end of a sentence. */
export function wordIgnored(key: string): string {
  const reason = ignoredKeys.get(key);
  if (reason !== undefined) return reason;
  if (key.startsWith('models.')) {
    return key.endsWith('.parallelLevel') ? 'model-config.yaml says how a model is split' : 'no setting of a model';
  }
  const meant = nearest(key, [...configKeys, ...ignoredKeys.keys()]);
  return meant === undefined ? 'not a key of TorchServe' : `not a key of TorchServe; did you mean ${meant}?`;
}

/** Ignored flags of `torchserve`, accepted for scripts. */
const inertFlags = {
  cppLogConfig: ['--cpp-log-config', 'there are no C++ workers'],
  pluginsPath: ['--plugins-path', 'plugins are Java'],
} as const satisfies Partial<Record<keyof ParsedServeOptions, readonly [string, string]>>;

/** One notice for all ignored keys with their reasons, one for ignored flags. */
export function warnOfIgnored(options: ParsedServeOptions, ignored: readonly string[], { log }: Context): void {
  const flags = keysOf(inertFlags)
    .filter((key) => options[key] !== undefined)
    .map((key) => inertFlags[key]);
  const keys = ignored.map((key) => [key, wordIgnored(key)] as const);
  for (const [what, list] of [['Flags', flags] as const, ['Keys of the configuration', keys] as const]) {
    if (list.length === 0) continue;
    const parts = [...groupByReason(list)].map(([reason, names]) => `${names.join(', ')} (${reason})`);
    log({ kind: 'warning', message: `${what} that have no effect here: ${parts.join('; ')}.` });
  }
}

function groupByReason(list: readonly (readonly [string, string])[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, reason] of list) groups.set(reason, [...(groups.get(reason) ?? []), name]);
  return groups;
}
