/** Configuration files of a server (contract 4.2). */

import { join, resolve } from 'node:path';
import type { Context } from '../../core/context.ts';
import { readNamedFile, readOptionalFile } from '../../core/read-file.ts';
import type { ModelSnapshot } from '../../serve/config/model-snapshot.ts';
import type { ConfigFile, EffectiveConfig } from '../../serve/config/server-config.ts';
import { readLastSnapshot, type SnapshotFile } from '../../serve/snapshot/snapshot-folder.ts';

export interface SnapshotChoice {
  readonly snapshots: boolean;
  readonly noConfigSnapshots: boolean;
}

/** A snapshot to restore instead of the named models. */
export interface RestoredSnapshot {
  /** Path of its file. */
  readonly path: string;
  readonly models: ModelSnapshot;
}

export interface ConfigFiles {
  readonly file: ConfigFile | undefined;
  /** The newest snapshot, if snapshots are kept. */
  readonly snapshot: SnapshotFile | undefined;
}

/** TS_CONFIG_FILE, else --ts-config, else the newest snapshot, else config.properties of the folder. */
export async function findConfigFiles(
  options: SnapshotChoice & { readonly tsConfig?: string | undefined },
  context: Context,
): Promise<ConfigFiles> {
  const snapshot = keepsSnapshots(options) ? await readLastSnapshot(snapshotFolder(context)) : undefined;
  const named = context.env.TS_CONFIG_FILE ?? options.tsConfig;
  if (named !== undefined) {
    const path = resolve(context.cwd, named);
    const text = (await readNamedFile(path, 'configuration file')).toString('utf8');
    return { file: { path, text }, snapshot };
  }
  if (snapshot !== undefined) return { file: snapshot, snapshot };
  const path = join(context.cwd, 'config.properties');
  const text = await readOptionalFile(path, 'configuration file');
  if (text === undefined) return { file: undefined, snapshot };
  context.log({ kind: 'notice', message: `Settings are read from ${path}, as in TorchServe.` });
  return { file: { path, text }, snapshot };
}

/** A configuration with models of its own, such as a snapshot, overrides the newest snapshot. */
export function findRestored(
  { values, origins }: EffectiveConfig,
  snapshot: SnapshotFile | undefined,
): RestoredSnapshot | undefined {
  if (values.model_snapshot !== undefined) return { path: origins.model_snapshot, models: values.model_snapshot };
  return snapshot && { path: snapshot.path, models: snapshot.models };
}

export function keepsSnapshots({ snapshots, noConfigSnapshots }: SnapshotChoice): boolean {
  return snapshots && !noConfigSnapshots;
}

/** TorchServe's folder, so that its snapshots are found. */
export function snapshotFolder({ cwd, env }: Context): string {
  return resolve(cwd, env.LOG_LOCATION || 'logs', 'config');
}
