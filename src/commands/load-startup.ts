import type { Context } from '../core/context.ts';
import { describeError } from '../core/errors.ts';
import type { Service } from '../serve/service.ts';
import type { WorkflowService } from '../serve/workflow/workflow-service.ts';
import type { StartupArchive } from './startup-archives.ts';

/** Archives loaded at a time: loading is one process each, and mostly waits for the disk. */
const LOADING_LANES = 4;

export interface ServedModel {
  readonly name: string;
  readonly version: string;
  readonly workers: number;
}

export async function loadModels(
  service: Service,
  wanted: readonly StartupArchive[],
  workers: number | undefined,
  context: Context,
): Promise<ServedModel[]> {
  const loaded: (ServedModel | undefined)[] = [];
  const queue = [...wanted.entries()];
  const lane = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, archive] = next;
      const { path, url, name, fetched } = archive;
      const request = { path, url, fetched, modelName: name, initialWorkers: workers, loadedAtStartup: true };
      loaded[index] = await loadOne(archive, () => service.register(request), context);
    }
  };
  await Promise.all(Array.from({ length: LOADING_LANES }, lane));
  const models = loaded.filter((model) => model !== undefined);
  // Versions load side by side; the default is the first in the order they were named, not the first that was ready.
  for (const { name, version } of [...models].reverse()) service.setDefault(name, version);
  return models;
}

/** One after another: the nodes of one load side by side. Resolves with the names. */
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
    if (!optional) throw error;
    log({ kind: 'warning', message: `${url} is not served: ${describeError(error)}` });
    return undefined;
  }
}
