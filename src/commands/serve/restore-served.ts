import { basename, join } from 'node:path';
import { mapAll } from '../../core/concurrency.ts';
import type { Context } from '../../core/context.ts';
import { isToolError, ToolError } from '../../core/errors.ts';
import type { VersionState, WorkflowState } from '../../serve/config/model-snapshot.ts';
import { type ArchiveSources, type LocatedArchive, locateArchive } from '../../serve/model/locate-archive.ts';
import type { Service } from '../../serve/service.ts';
import { toSettings } from '../../serve/snapshot/served-state.ts';
import type { WorkflowService } from '../../serve/workflow/workflow-service.ts';
import type { RestoredSnapshot } from './config-files.ts';
import { LOADED_AT_ONCE, type ServedModel } from './load-startup.ts';
import type { Places } from './wanted-archives.ts';

/** Restores a snapshot, completely or not at all: an omitted model would be missing from the next snapshot for good. */
export async function restoreServed(
  service: Service,
  workflows: WorkflowService,
  snapshot: RestoredSnapshot,
  { places, workflowPlaces }: Places,
  context: Context,
): Promise<{ models: ServedModel[]; workflows: string[] }> {
  const versions = Object.entries(snapshot.models.models).flatMap(([name, states]) =>
    Object.entries(states).map(([version, state]) => ({ name, version, state })),
  );
  const models = await mapAll(versions, LOADED_AT_ONCE, (one) =>
    orSay(snapshot, `${one.name} ${one.version}`, context, () => restoreVersion(service, one, places)),
  );
  for (const { name, version, state } of versions) {
    if (state.defaultVersion) await service.setDefault(name, version);
  }
  const names: string[] = [];
  for (const [name, state] of Object.entries(snapshot.models.workflows ?? {})) {
    const restore = () => restoreWorkflow(workflows, name, state, workflowPlaces);
    names.push(await orSay(snapshot, `the workflow ${name}`, context, restore));
  }
  return { models, workflows: names };
}

interface StoredVersion {
  readonly name: string;
  readonly version: string;
  readonly state: VersionState;
}

async function restoreVersion(
  service: Service,
  { name, version, state }: StoredVersion,
  places: ArchiveSources,
): Promise<ServedModel> {
  const { path } = await locateStored(state.marName, state.path, places);
  const found = await service.register({
    path,
    url: state.url ?? state.marName,
    fetched: state.fetched === true,
    modelName: name,
    handler: state.handler,
    runtime: state.runtimeType,
    restored: toSettings(state),
    loadedAtStartup: true,
  });
  if (found.version === version) return found;
  throw new ToolError('MODEL_INVALID', { message: `${path} now holds version ${found.version}` });
}

async function restoreWorkflow(
  workflows: WorkflowService,
  name: string,
  state: WorkflowState,
  places: ArchiveSources,
): Promise<string> {
  const { responseTimeout, startupTimeout } = state;
  const { path } = await locateStored(state.warName, state.path, places);
  const fetched = state.fetched === true;
  const url = state.url ?? state.warName;
  return workflows.register({ path, url, name, fetched, responseTimeout, startupTimeout, restored: true });
}

/** A fetched archive is in the store already: its file is used, not its URL. */
async function locateStored(name: string, path: string | undefined, places: ArchiveSources): Promise<LocatedArchive> {
  return path === undefined ? locateArchive(basename(name), places) : { path: join(path), fetched: false };
}

async function orSay<T>(
  { path }: RestoredSnapshot,
  what: string,
  { signal }: Context,
  restore: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  try {
    return await restore();
  } catch (cause) {
    if (!isToolError(cause) || cause.code === 'SERVER_CLOSING') throw cause;
    throw new ToolError('SNAPSHOT_NOT_RESTORED', { path, problem: `${what}: ${cause.message}` }, { cause });
  }
}
