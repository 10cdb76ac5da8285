import { mapAll } from '../../core/concurrency.ts';
import type { Context } from '../../core/context.ts';
import { describeError } from '../../core/errors.ts';
import type { Service } from '../../serve/service.ts';
import type { WorkflowService } from '../../serve/workflow/workflow-service.ts';
import { nameArchive } from '../load-model.ts';
import type { StartupArchive } from './startup-archives.ts';

/** Archives loaded in parallel: each starts a process and mostly waits for the disk. */
export const LOADED_AT_ONCE = 4;

export interface ServedModel {
  readonly name: string;
  readonly version: string;
  readonly workers: number;
}

export async function loadModels(
  service: Service,
  wanted: readonly StartupArchive[],
  workers: number | undefined,
  isDefault: (model: ServedModel) => boolean,
  context: Context,
): Promise<ServedModel[]> {
  const loaded = await mapAll(wanted, LOADED_AT_ONCE, (archive) => {
    const { path, url, name, fetched } = archive;
    const request = { path, url, fetched, modelName: name, initialWorkers: workers, loadedAtStartup: true };
    return loadOne(archive, () => service.register(request), context);
  });
  const models = loaded.filter((model) => model !== undefined);
  // Versions load in parallel; the default is the configured one, else the first named.
  for (const { name, version } of [...models].reverse()) await service.setDefault(name, version);
  for (const model of models.filter(isDefault)) await service.setDefault(model.name, model.version);
  return models;
}

/** One after another, each with its nodes in parallel. Resolves with the names. */
export async function loadWorkflows(
  workflows: WorkflowService,
  wanted: readonly StartupArchive[],
  context: Context,
): Promise<string[]> {
  const loaded: string[] = [];
  for (const archive of wanted) {
    const { path, url, name, fetched } = archive;
    const registered = await loadOne(archive, () => workflows.register({ path, url, fetched, name }), context);
    if (registered !== undefined) loaded.push(registered);
  }
  return loaded;
}

async function loadOne<T>(
  { url, optional }: StartupArchive,
  load: () => Promise<T>,
  { log, signal }: Context,
): Promise<T | undefined> {
  signal.throwIfAborted();
  try {
    return await load();
  } catch (error) {
    if (!optional) throw nameArchive(error, url);
    log({ kind: 'warning', message: `${url} is not served: ${describeError(error)}` });
    return undefined;
  }
}
