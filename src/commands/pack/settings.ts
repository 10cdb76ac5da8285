import { isAbsolute, join, relative } from 'node:path';
import { ToolError } from '../../core/errors.ts';
import type { Runtime } from '../../model/documents/manifest.ts';
import type { CollectedHandler } from '../../pack/collect-handler.ts';
import { isModuleHandler } from '../../pack/handler-argument.ts';
import { type FileMapping, parseMapping } from '../../pack/mapped-files.ts';
import type { OpenArtefact } from './artefact.ts';
import type { LoadedConfig } from './config.ts';
import type { PackConfig, PackOptions } from './options.ts';

/** Flags, else config, else what an artefact brings, else defaults; paths relative to `cwd`. */
export interface PackSettings {
  readonly modelName: string;
  readonly version: string;
  readonly weights: readonly FileMapping[];
  readonly modelFile: string | undefined;
  /** As the user names it, or what the artefact brings. */
  readonly handler: string | CollectedHandler;
  readonly runtime: Runtime;
  readonly files: readonly FileMapping[];
  readonly requirements: string | undefined;
  readonly modelConfig: string | undefined;
  readonly target: NonNullable<PackConfig['target']>;
  /** By the output's ending by default. */
  readonly format: PackConfig['format'];
  readonly compression: NonNullable<PackConfig['compression']>;
  readonly output: string | undefined;
  readonly ignore: readonly string[];
  readonly allow: readonly string[];
}

/** Flags and config, the paths of the config relative to `cwd`. */
export function mergeOptions(options: PackOptions, loaded: LoadedConfig, cwd: string): PackConfig {
  const config = rebase(loaded, cwd);
  return { ...config, ...definedOnly(options), allow: [...(config.allow ?? []), ...(options.allow ?? [])] };
}

/** What is not given is taken from the artefact, where there is one. */
export function resolveSettings(merged: PackConfig, artefact?: OpenArtefact): PackSettings {
  const { modelName = artefact?.reading.modelName, handler = artefact?.handler } = merged;
  if (modelName === undefined || handler === undefined) throw optionsMissing(modelName, handler);
  return {
    modelName,
    handler,
    version: merged.version ?? artefact?.reading.modelVersion ?? '1.0',
    weights: [merged.weights ?? []].flat().map(parseMapping),
    modelFile: merged.modelFile,
    runtime: merged.runtime ?? (typeof handler === 'string' && isModuleHandler(handler) ? 'nodejs' : 'python'),
    files: (merged.files ?? []).map((file) => (typeof file === 'string' ? parseMapping(file) : file)),
    requirements: merged.requirements,
    modelConfig: merged.modelConfig,
    target: merged.target ?? 'mar',
    format: merged.format,
    compression: merged.compression ?? 'auto',
    output: merged.output,
    ignore: merged.ignore ?? [],
    allow: merged.allow ?? [],
  };
}

/** Reports all missing settings at once. */
function optionsMissing(modelName: string | undefined, handler: unknown): ToolError {
  const missing = [
    ...(modelName === undefined ? [{ option: '--model-name', what: 'the name of the model' }] : []),
    ...(handler === undefined ? [{ option: '--handler', what: 'the handler' }] : []),
  ];
  const list = (key: 'option' | 'what') => missing.map((entry) => entry[key]).join(' and ');
  return new ToolError('OPTION_MISSING', { option: list('option'), what: list('what') });
}

/** What `Object.fromEntries` gives has no keys by type. */
function definedOnly(options: PackOptions): Partial<PackConfig> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<PackConfig>;
}

/** Makes the config's paths relative to `cwd`. */
function rebase({ config, folder }: LoadedConfig, cwd: string): PackConfig {
  const prefix = relative(cwd, folder);
  if (prefix === '') return config;
  const at = (path: string) => (isAbsolute(path) ? path : join(prefix, path));
  const atHandler = (text: string) => (/[./\\]/.test(text) ? at(text) : text);
  return {
    ...config,
    ...(config.from !== undefined && { from: at(config.from) }),
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
