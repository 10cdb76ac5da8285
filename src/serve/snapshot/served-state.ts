/** Registered models and workflows → snapshot, and back. */
import { basename, relative, sep } from 'node:path';
import { isRuntime } from '../../model/documents/manifest.ts';
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

/** A snapshot without its name and time. */
export type ServedState = Omit<ModelSnapshot, 'name' | 'created'>;

/** Without the nodes of workflows: they are restored with their workflow. */
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
  const { name, ...source } = toSource(request, stores.modelStore);
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
    ...(isRuntime(runtime) && { runtimeType: runtime }),
    ...source,
    ...(request.handler !== undefined && { handler: request.handler }),
  };
}

function toWorkflowState({ request }: Workflow, stores: Stores): WorkflowState {
  const { name, ...source } = toSource(request, stores.workflowStore ?? stores.modelStore);
  const { responseTimeout, startupTimeout } = request;
  return {
    warName: name,
    ...source,
    ...(responseTimeout !== undefined && { responseTimeout }),
    ...(startupTimeout !== undefined && { startupTimeout }),
  };
}

interface Source {
  readonly path: string;
  readonly url: string;
  readonly fetched?: boolean | undefined;
}

/** An archive in the store is saved by name, so that the store can move. */
function toSource({ path, url, fetched }: Source, store: string | undefined) {
  const [first = ''] = store === undefined ? [] : relative(store, path).split(sep);
  const isInside = first !== '' && first !== '..';
  const name = isInside ? first : basename(path);
  return {
    name,
    ...(!isInside && { path }),
    ...(url !== name && { url }),
    ...(fetched === true && { fetched }),
  };
}

/** Saved settings; they beat the archive and the configuration. */
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
