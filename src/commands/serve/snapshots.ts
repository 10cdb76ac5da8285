import { resolve } from 'node:path';
import type { Context } from '../../core/context.ts';
import { describeError } from '../../core/errors.ts';
import { isOneOf } from '../../core/names/known-words.ts';
import { pathKeys } from '../../serve/config/server-config.ts';
import { type Served, type Stores, toServedState } from '../../serve/snapshot/served-state.ts';
import { createSnapshotWriter, type SnapshotWriter } from '../../serve/snapshot/snapshot-writer.ts';
import { keepsSnapshots, type RestoredSnapshot, snapshotFolder } from './config-files.ts';
import type { ParsedServeOptions, ServeConfig } from './options.ts';
import { namedArchives } from './wanted-archives.ts';

/** Undefined if snapshots are off. */
export function openSnapshots(
  options: ParsedServeOptions,
  config: ServeConfig,
  served: () => Served,
  context: Context,
): SnapshotWriter | undefined {
  if (!keepsSnapshots(options)) return undefined;
  const properties = toAbsolute(config.properties, context.cwd);
  const stores: Stores = { modelStore: properties.get('model_store'), workflowStore: properties.get('workflow_store') };
  return createSnapshotWriter({
    folder: snapshotFolder(context),
    properties,
    now: context.now,
    take: () => toServedState(served(), stores),
    onFailure: (error) =>
      context.log({ kind: 'warning', message: `The snapshot cannot be saved: ${describeError(error)}` }),
  });
}

/** Absolute, since a snapshot may be restored from another folder. */
function toAbsolute(properties: ReadonlyMap<string, string>, cwd: string): Map<string, string> {
  const isPath = (key: string) => isOneOf(pathKeys, key);
  return new Map([...properties].map(([key, value]) => [key, isPath(key) ? resolve(cwd, value) : value]));
}

/** Warns of flags that a restored snapshot overrides. */
export function noteRestored(
  snapshot: RestoredSnapshot,
  options: ParsedServeOptions,
  { values, origins }: ServeConfig,
  { log }: Context,
): void {
  const { models, workflows = {} } = snapshot.models;
  log({ kind: 'notice', message: `Restoring the snapshot ${snapshot.path}; --ncs starts without it.` });
  const known = new Set([
    ...Object.values(models).flatMap((versions) => Object.values(versions).map(({ marName }) => marName)),
    ...Object.values(workflows).map(({ warName }) => warName),
  ]);
  // The snapshot's own load_models are part of its models.
  const config = origins.load_models === snapshot.path ? { ...values, load_models: undefined } : values;
  const left = namedArchives(options, config).filter((name) => !known.has(name));
  if (left.length === 0) return;
  log({
    kind: 'warning',
    message: `Not served, because the snapshot does not have it: ${left.join(', ')}.`,
    hint: 'Register it over HTTP, or start without the snapshot: --ncs.',
  });
}
