/** The operations of the management API, for HTTP and gRPC. */
import { ToolError } from '../../core/errors.ts';
import { isRuntime } from '../../model/documents/manifest.ts';
import { type ArchiveSources, locateArchive } from '../model/locate-archive.ts';
import type { WorkerCounts } from '../model/model.ts';
import { refuseTooMany } from '../model/model-settings.ts';
import type { RegisterRequest } from '../model/register-request.ts';
import type { Service } from '../service.ts';
import { toDescribeJson } from './describe-json.ts';
import { type PageRequest, takePage } from './page.ts';

export interface ManagementTools {
  readonly service: Service;
  readonly places: ArchiveSources;
  /** Workers of a model registered without a number. */
  readonly defaultWorkers: number;
}

/** What is asked to be registered; `url` names the archive. */
export interface Registration
  extends Omit<RegisterRequest, 'path' | 'fetched' | 'loadedAtStartup' | 'restored' | 'url'> {
  readonly url: string | undefined;
}

export interface VersionName {
  readonly model: string;
  /** Undefined for the default version. */
  readonly version: string | undefined;
}

/** Work on workers: `done` resolves with the message when they are up. */
export interface Started {
  readonly done: Promise<string>;
}

/** The message for now. Unawaited work continues after the answer; describe and the log show how it ended. */
export async function statusOf({ done }: Started, isAwaited: boolean): Promise<string> {
  if (isAwaited) return done;
  done.catch(() => {});
  return 'Processing worker updates...';
}

export function listModels({ service }: ManagementTools, page: PageRequest): Record<string, unknown> {
  const { items, next } = takePage(service.list(), page);
  return { ...next, models: items.map(({ name, url }) => ({ modelName: name, modelUrl: url })) };
}

/** `customizedBy` names the request in which the handler describes its model itself. */
export async function describeModels(
  { service }: ManagementTools,
  { model, version }: VersionName,
  customizedBy: string | undefined,
): Promise<Record<string, unknown>[]> {
  const descriptions = await Promise.all(service.describe(model, version).map(toDescribeJson));
  const [only] = descriptions;
  if (customizedBy === undefined || version === 'all' || only === undefined) return descriptions;
  return [{ ...only, customizedMetadata: await service.customize(model, version, customizedBy) }];
}

/** Resolves when the archive is found; rejects earlier, or in `done`. */
export async function registerModel(
  { service, places, defaultWorkers }: ManagementTools,
  { url, runtime, ...asked }: Registration,
): Promise<Started> {
  if (url === undefined) throw new ToolError('REQUEST_INVALID', { message: 'Parameter url is required.' });
  if (runtime !== undefined && !isRuntime(runtime)) {
    throw new ToolError('REQUEST_INVALID', { message: `Invalid RuntimeType value: ${runtime}` });
  }
  const { path, fetched } = await locateArchive(url, places);
  const initialWorkers = asked.initialWorkers ?? defaultWorkers;
  const registered = service.register({ ...asked, path, url, fetched, runtime, initialWorkers });
  return {
    done: registered.then(({ name, version, workers }) => {
      const more = workers === 0 ? '. Use scale workers API to add workers for the model.' : '';
      return `Model "${name}" Version: ${version} registered with ${workers} initial workers${more}`;
    }),
  };
}

/** Throws for an unknown model, and for invalid numbers. */
export function scaleWorkers(
  { service }: ManagementTools,
  { model, version }: VersionName,
  { min, max }: WorkerCounts,
): Started {
  if (min < 0 || max < 0)
    throw new ToolError('REQUEST_INVALID', { message: 'min_worker and max_worker cannot be negative.' });
  if (max < min) throw new ToolError('REQUEST_INVALID', { message: 'max_worker cannot be less than min_worker.' });
  refuseTooMany(min);
  service.describe(model, version);
  const which = version === undefined ? '' : `, version: ${version}`;
  return {
    done: service
      .scale(model, version, { min, max })
      .then(() => `Workers scaled to ${min} for model: ${model}${which}`),
  };
}

export async function unregisterModel({ service }: ManagementTools, { model, version }: VersionName): Promise<string> {
  await service.unregister(model, version);
  return `Model "${model}" unregistered`;
}

export async function setDefaultVersion({ service }: ManagementTools, model: string, version: string): Promise<string> {
  await service.setDefault(model, version);
  return `Default version successfully updated for model "${model}" to "${version}"`;
}
