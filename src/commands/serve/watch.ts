import { basename, dirname, resolve } from 'node:path';
import type { Context } from '../../core/context.ts';
import { describeError, isToolError, ToolError } from '../../core/errors.ts';
import { readFingerprint } from '../../serve/model/fingerprint.ts';
import type { Clock } from '../../serve/pool/clock.ts';
import type { Service } from '../../serve/service.ts';
import { type Watched, watch } from '../../serve/watch.ts';
import type { WorkflowService } from '../../serve/workflow/workflow-service.ts';
import { listStore } from './startup-archives.ts';

export interface WatchedService {
  readonly service: Service;
  readonly workflows: WorkflowService;
  /** A store whose new archives are served too; undefined where only named ones are. */
  readonly store: WatchedStore | undefined;
  readonly clock: Clock;
}

export interface WatchedStore {
  readonly folder: string;
  /** Fingerprints before the start tried what is in it: path → fingerprint. What comes while it loads is new. */
  readonly tried: ReadonlyMap<string, string | undefined>;
}

export async function openWatchedStore(folder: string): Promise<WatchedStore> {
  const archives = await listStore('model', folder).catch(() => []);
  const tried = archives.map(async ({ path }) => [path, await readFingerprint(path)] as const);
  return { folder, tried: new Map(await Promise.all(tried)) };
}

interface WatchedArchive extends Watched {
  /** Resolves with the message for the log. */
  serve(): Promise<string>;
}

/** Reloads archives that change on disk, by hot swap, and logs each. */
export function watchServed(served: WatchedService, { log }: Context): { close(): void } {
  const { clock } = served;
  return watch<WatchedArchive>({
    clock,
    list: async () => [...listModels(served), ...listWorkflows(served), ...(await listNew(served))],
    async load({ path, fingerprint, serve }) {
      const begun = clock.now();
      const what = await serve();
      const seconds = ((clock.now() - begun) / 1000).toFixed(1);
      log({
        kind: 'notice',
        message: `${basename(path)} ${fingerprint === undefined ? 'is new' : 'changed'}: ${what} after ${seconds} s.`,
      });
    },
    onRefused({ path, fingerprint }, error) {
      if (isToolError(error) && error.code === 'SERVER_CLOSING') return;
      const state = fingerprint === undefined ? 'is not served' : 'changed, but the old model stays served';
      const hint = isToolError(error) ? error.hint : undefined;
      log({ kind: 'warning', message: `${basename(path)} ${state}: ${describeError(error)}`, ...(hint && { hint }) });
    },
    onGone: ({ path }) => log({ kind: 'warning', message: `${basename(path)} was removed; its model stays served.` }),
  });
}

function listModels({ service }: WatchedService): WatchedArchive[] {
  return service.registered().flatMap(({ model: { name, version, request, fingerprint } }): WatchedArchive[] => {
    // Function nodes of workflows have no archive.
    if (request.url === '') return [];
    const serve = async () => {
      const now = await service.reload(name, version);
      return `${name} ${now.version} serves it`;
    };
    return [
      { key: JSON.stringify(['model', name, version]), path: request.path, fingerprint, tried: undefined, serve },
    ];
  });
}

/** The nodes of a running request must be of one workflow, old or new; they are told apart by name alone. */
function listWorkflows({ workflows }: WatchedService): WatchedArchive[] {
  return workflows.registered().map(({ name, request: { path }, fingerprint }) => ({
    key: JSON.stringify(['workflow', name]),
    path,
    fingerprint,
    tried: undefined,
    serve: () => Promise.reject(new ToolError('WORKFLOW_KEPT', { workflow: name })),
  }));
}

async function listNew({ service, workflows, store }: WatchedService): Promise<WatchedArchive[]> {
  if (store === undefined) return [];
  const requests = [
    ...service.registered().map(({ model }) => model.request),
    ...workflows.registered().map(({ request }) => request),
  ];
  // A folder may be served from its only subfolder.
  const served = new Set(requests.flatMap(({ path }) => [resolve(path), dirname(resolve(path))]));
  const archives = await listStore('model', store.folder).catch(() => []);
  return archives
    .filter(({ path }) => !served.has(resolve(path)))
    .map(({ path, url }) => ({
      key: JSON.stringify(['new', path]),
      path,
      fingerprint: undefined,
      tried: store.tried.get(path),
      async serve() {
        const { name, version } = await service.register({ path, url });
        return `${name} ${version} serves it`;
      },
    }));
}
