import { isAbsolute, join, relative } from 'node:path';
import type { Context } from '../../core/context.ts';
import { ToolError } from '../../core/errors.ts';
import type { Runtime } from '../../model/documents/manifest.ts';
import { isModuleHandler } from '../../pack/handler-argument.ts';
import { readIgnoreRules } from '../../pack/ignore-rules.ts';
import { collectMappedFiles, type FileMapping, parseMapping } from '../../pack/mapped-files.ts';
import type { PackInput } from '../../pack/plan.ts';
import { collectCompanions } from './archive-companions.ts';
import type { CollectedParts } from './archive-parts.ts';
import type { LoadedConfig } from './config.ts';
import type { PackConfig, PackOptions } from './options.ts';
import { collectCounterpart, collectFile, collectHandler } from './part-files.ts';

/** Flags over config over defaults, every path relative to the folder the command runs in. */
export interface PackSettings {
  readonly modelName: string;
  readonly version: string;
  readonly weights: readonly string[];
  readonly modelFile: string | undefined;
  readonly handler: string;
  readonly runtime: Runtime;
  readonly files: readonly FileMapping[];
  readonly requirements: string | undefined;
  readonly modelConfig: string | undefined;
  readonly target: NonNullable<PackConfig['target']>;
  readonly format: NonNullable<PackConfig['format']>;
  readonly compression: NonNullable<PackConfig['compression']>;
  readonly output: string | undefined;
  readonly ignore: readonly string[];
  readonly allow: readonly string[];
}

export function resolveSettings(options: PackOptions, loaded: LoadedConfig, cwd: string): PackSettings {
  const config = rebase(loaded, cwd);
  const merged = { ...config, ...definedOnly(options) };
  const { modelName, handler } = merged;
  if (modelName === undefined)
    throw new ToolError('OPTION_MISSING', { option: '--model-name', what: 'The name of the model' });
  if (handler === undefined) throw new ToolError('OPTION_MISSING', { option: '--handler', what: 'The handler' });
  return {
    modelName,
    handler,
    version: merged.version ?? '1.0',
    weights: [merged.weights ?? []].flat(),
    modelFile: merged.modelFile,
    runtime: merged.runtime ?? (isModuleHandler(handler) ? 'nodejs' : 'python'),
    files: (merged.files ?? []).map((file) => (typeof file === 'string' ? parseMapping(file) : file)),
    requirements: merged.requirements,
    modelConfig: merged.modelConfig,
    target: merged.target ?? 'mar',
    format: merged.format ?? 'mar',
    compression: merged.compression ?? 'auto',
    output: merged.output,
    ignore: merged.ignore ?? [],
    allow: [...(config.allow ?? []), ...(options.allow ?? [])],
  };
}

function definedOnly(options: PackOptions): Partial<PackConfig> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<PackConfig>;
}

/** The config's paths as seen from `cwd`. */
function rebase({ config, folder }: LoadedConfig, cwd: string): PackConfig {
  const prefix = relative(cwd, folder);
  if (prefix === '') return config;
  const at = (path: string) => (isAbsolute(path) ? path : join(prefix, path));
  const atHandler = (text: string) => (/[./\\]/.test(text) ? at(text) : text);
  return {
    ...config,
    ...(config.weights !== undefined && { weights: [config.weights].flat().map(at) }),
    ...(config.modelFile !== undefined && { modelFile: at(config.modelFile) }),
    ...(config.handler !== undefined && { handler: atHandler(config.handler) }),
    ...(config.requirements !== undefined && { requirements: at(config.requirements) }),
    ...(config.modelConfig !== undefined && { modelConfig: at(config.modelConfig) }),
    ...(config.output !== undefined && { output: at(config.output) }),
    ...(config.files !== undefined && {
      files: config.files.map((file) => {
        const { from, to } = typeof file === 'string' ? parseMapping(file) : file;
        return { from: at(from), ...(to !== undefined && { to }) };
      }),
    }),
  };
}

/** Files of the settings in the order in which a later one would win; `mar pack` refuses such a pair anyway. */
export async function collectPackParts(
  settings: PackSettings,
  folder: string,
  context: Context,
): Promise<CollectedParts> {
  const isIgnored = await readIgnoreRules(folder, settings.ignore);
  const modelFile = await collectFile('model file', settings.modelFile, context);
  const weights: PackInput[] = [];
  for (const path of settings.weights) weights.push(...(await collectWeights(path, context)));
  const handler =
    settings.target === 'both'
      ? await collectCounterpart(settings.handler)
      : await collectHandler(settings.handler, settings.runtime, context);
  const files = await collectMappedFiles(settings.files, context.cwd, isIgnored);
  const requirements = await collectFile('requirements file', settings.requirements, context);
  const config = await collectFile('model config', settings.modelConfig, context);
  const given = [modelFile, ...weights, handler.input, ...files, requirements, config].filter(
    (input) => input !== undefined,
  );
  const companions: PackInput[] = [];
  for (const model of weights) companions.push(...(await collectCompanions(model, [...given, ...companions], context)));
  return {
    inputs: [...given, ...companions],
    runtime: settings.runtime,
    handler: handler.name,
    names: {
      ...(weights[0] && { serializedFile: weights[0].destination }),
      ...(modelFile && { modelFile: modelFile.destination }),
      ...(requirements && { requirementsFile: requirements.destination }),
      ...(config && { configFile: config.destination }),
    },
  };
}

async function collectWeights(path: string, context: Context): Promise<PackInput[]> {
  const { from, to } = parseMapping(path);
  const input = await collectFile('weights file', from, context);
  return input ? [to === undefined ? input : { ...input, destination: to }] : [];
}
