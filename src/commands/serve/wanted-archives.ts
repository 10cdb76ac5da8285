import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { isWorkflowName } from '../../archive/structure/formats.ts';
import type { Context } from '../../core/context.ts';
import { ToolError } from '../../core/errors.ts';
import type { ServerConfig } from '../../serve/config/server-config.ts';
import type { ArchiveSources } from '../../serve/model/locate-archive.ts';
import type { ParsedServeOptions } from './options.ts';
import { listStartupArchives, type StartupArchive } from './startup-archives.ts';

/** Sources of model and workflow archives. */
export interface Places {
  readonly places: ArchiveSources;
  readonly workflowPlaces: ArchiveSources;
}

/** Throws FILE_NOT_FOUND for a store that does not exist or is not a folder. */
export async function openPlaces(config: ServerConfig, { cwd }: Context): Promise<Places> {
  const open = async (store: string | undefined, what: string): Promise<ArchiveSources> => {
    const modelStore = store === undefined ? undefined : resolve(cwd, store);
    const found = modelStore === undefined ? undefined : await stat(modelStore).catch(() => undefined);
    if (modelStore !== undefined && found?.isDirectory() !== true)
      throw new ToolError('FILE_NOT_FOUND', { what: `folder of the ${what}`, path: modelStore });
    return { modelStore, allowedUrls: config.allowed_urls };
  };
  const places = await open(config.model_store, 'model store');
  const workflowPlaces =
    config.workflow_store === undefined ? places : await open(config.workflow_store, 'workflow store');
  return { places, workflowPlaces };
}

export interface Wanted {
  readonly models: readonly StartupArchive[];
  readonly workflows: readonly StartupArchive[];
}

/** As upstream, models of the command line replace those of the file. A `.war` is a workflow in any list. */
export async function listWanted(
  options: ParsedServeOptions,
  config: ServerConfig,
  { places, workflowPlaces }: Places,
  { cwd }: Context,
): Promise<Wanted> {
  const { archives, workflows } = options;
  const names = namedModels(options, config);
  const isModel = (name: string) => !isWorkflowName(name);
  return {
    models: await listStartupArchives({
      kind: 'model',
      archives: archives.filter(isModel),
      names: names.filter(isModel),
      places,
      cwd,
    }),
    workflows: await listStartupArchives({
      kind: 'workflow',
      archives: archives.filter(isWorkflowName),
      names: [...names.filter(isWorkflowName), ...workflows],
      places: workflowPlaces,
      cwd,
    }),
  };
}

/** File names of all named archives, for the warning that a snapshot replaces them. */
export function namedArchives(options: ParsedServeOptions, config: ServerConfig): string[] {
  const named = [...options.archives, ...namedModels(options, config), ...options.workflows];
  return named.map((name) => basename(name.slice(name.indexOf('=') + 1))).filter((name) => !/^all$/i.test(name));
}

export function namedModels({ models }: ParsedServeOptions, { load_models }: ServerConfig): readonly string[] {
  return models.length > 0 ? models : splitList(load_models);
}

function splitList(text: string | undefined): string[] {
  return (
    text
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean) ?? []
  );
}
