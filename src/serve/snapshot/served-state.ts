/** What a server serves, as data: taken for a snapshot, and given back to a server that starts from one. */
import { basename, relative, sep } from 'node:path';
import type { ModelSnapshot, VersionState, WorkflowState } from '../config/model-snapshot.ts';
import type { Model } from '../model/model.ts';
import type { ModelSettings } from '../model/model-settings.ts';
import type { Workflow } from '../workflow/workflow.ts';

export interface Served {
  readonly models: readonly { readonly model: Model; readonly isDefault: boolean }[];
  readonly workflows: readonly Workflow[];
}

export interface Stores {
  readonly modelStore: string | undefined;
  readonly workflowStore: string | undefined;
}

/** A snapshot but for what its file says of itself. */
export type ServedState = Omit<ModelSnapshot, 'name' | 'created'>;

/** The nodes of a workflow are part of it, and come back with it. */
export function toServedState({ models, workflows }: Served, stores: Stores): ServedState {
  const own = models.filter(({ model }) => model.request.workflow === undefined);
  const byName: Record<string, Record<string, VersionState>> = {};
  for (const { model, isDefault } of own) {
    byName[model.name] = { ...byName[model.name], [model.version]: toVersionState(model, isDefault, stores) };
  }
  const states = Object.fromEntries(workflows.map((one) => [one.name, toWorkflowState(one, stores)]));
  return {
    modelCount: own.length,
    models: byName,
    ...(workflows.length > 0 && { workflows: states }),
  };
}

function toVersionState(
  { request, settings, workers, runtime }: Model,
  isDefault: boolean,
  stores: Stores,
): VersionState {
  const { name, ...place } = toPlace(request, stores.modelStore);
  const { batchSize, maxBatchDelay, responseTimeout, startupTimeout } = settings;
  return {
    defaultVersion: isDefault,
    marName: name,
    minWorkers: workers.min,
    maxWorkers: workers.max,
    batchSize,
    maxBatchDelay,
    responseTimeout,
    startupTimeout,
    // Of a model's runtimes only those that its manifest may name come this far.
    runtimeType: runtime as VersionState['runtimeType'],
    ...place,
    ...(request.handler !== undefined && { handler: request.handler }),
  };
}

function toWorkflowState({ request }: Workflow, stores: Stores): WorkflowState {
  const { name, ...place } = toPlace(request, stores.workflowStore ?? stores.modelStore);
  const { responseTimeout, startupTimeout } = request;
  return {
    warName: name,
    ...place,
    ...(responseTimeout !== undefined && { responseTimeout }),
    ...(startupTimeout !== undefined && { startupTimeout }),
  };
}

interface Source {
  readonly path: string;
  readonly url: string;
  readonly fetched?: boolean | undefined;
}

/** In the store a name is enough, and stays right when the store moves. */
function toPlace({ path, url, fetched }: Source, store: string | undefined) {
  const inside = store === undefined ? undefined : relative(store, path);
  const isInside = inside !== undefined && inside !== '' && inside.split(sep)[0] !== '..';
  const name = isInside ? (inside.split(sep)[0] as string) : basename(path);
  return {
    name,
    ...(!isInside && { path }),
    ...(url !== name && { url }),
    ...(fetched === true && { fetched }),
  };
}

/** The settings of a version as they were, whatever its archive and the configuration say by now. */
export function toSettings(state: VersionState): Partial<ModelSettings> {
  const { minWorkers, maxWorkers, batchSize, maxBatchDelay, responseTimeout, startupTimeout } = state;
  return {
    minWorkers,
    maxWorkers,
    batchSize,
    maxBatchDelay,
    responseTimeout,
    ...(startupTimeout !== undefined && { startupTimeout }),
  };
}
