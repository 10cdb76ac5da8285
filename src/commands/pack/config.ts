import { basename, dirname, resolve } from 'node:path';
import { openFile } from '../../core/byte-source.ts';
import { findConfig, readDataConfig } from '../../core/documents/config-file.ts';
import { describeError, hasCode, ToolError } from '../../core/errors.ts';
import { quote } from '../../core/names/quote.ts';
import { locate } from '../../core/user-path.ts';
import { type PackConfig, packConfigSchema } from './options.ts';

/** Default names, in this order. */
const CONFIG_NAMES = [
  'mar.config.json',
  'mar.config.yaml',
  'mar.config.yml',
  'mar.config.ts',
  'mar.config.mjs',
] as const;

export interface LoadedConfig {
  readonly config: PackConfig;
  /** Base of the config's relative paths: its folder, or `cwd` without a file. */
  readonly folder: string;
  /** As the user would name it; undefined without a file. */
  readonly file: string | undefined;
}

/** Finds, reads and checks the config file. Throws FILE_NOT_FOUND if a named file is missing, PACK_CONFIG_INVALID if it is invalid. */
export async function loadConfig(given: string | false | undefined, cwd: string): Promise<LoadedConfig> {
  const file = given === false ? undefined : (given ?? (await findConfig(CONFIG_NAMES, cwd)));
  if (file === undefined) return { config: {}, folder: cwd, file: undefined };
  const value = await readConfig(locate(file, { cwd }), file);
  const parsed = packConfigSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = issue?.path.length ? issue.path.join('.') : 'the whole file';
    throw new ToolError('PACK_CONFIG_INVALID', { path: file, at, reason: issue?.message ?? 'not a config' });
  }
  return { config: parsed.data, folder: dirname(resolve(cwd, file)), file };
}

async function readConfig(path: string, shown: string): Promise<unknown> {
  if (/\.[cm]?[jt]s$/.test(basename(path))) return loadModule(path, shown);
  try {
    return await readDataConfig(path);
  } catch (cause) {
    if (cause instanceof ToolError) throw cause;
    throw new ToolError(
      'PACK_CONFIG_INVALID',
      { path: shown, at: 'the whole file', reason: describeError(cause) },
      { cause },
    );
  }
}

/** Runs the user's config module, as build tools do: bundled by esbuild, imported from memory. */
async function loadModule(path: string, shown: string): Promise<unknown> {
  await (await openFile(path, 'config file')).close();
  const code = await bundleConfig(path, shown);
  try {
    const loaded: Readonly<Record<string, unknown>> = await import(
      `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`
    );
    return loaded.default ?? loaded.config;
  } catch (cause) {
    throw new ToolError(
      'PACK_CONFIG_INVALID',
      { path: shown, at: 'running it', reason: describeError(cause) },
      { cause },
    );
  }
}

/** The module as one text. A config is bundled as a handler is, but what fails is told as a fault of the config. */
async function bundleConfig(path: string, shown: string): Promise<string> {
  const { bundleHandler } = await import('../../source/bundle.ts');
  const invalid = (at: string, reason: string) => new ToolError('PACK_CONFIG_INVALID', { path: shown, at, reason });
  try {
    return (await bundleHandler(resolve(path))).code;
  } catch (error) {
    if (hasCode(error, 'HANDLER_NOT_BUNDLED')) throw invalid('compiling it', error.values.problems.replace(/\.$/, ''));
    if (hasCode(error, 'HANDLER_NOT_SELF_CONTAINED')) {
      const { specifier, reason, chain } = error.values;
      throw invalid('its imports', `${quote(specifier)} ${reason}, imported by ${chain}`);
    }
    if (hasCode(error, 'PACKAGE_MISSING'))
      throw new ToolError('PACKAGE_MISSING', { ...error.values, purpose: `read ${shown}` }, error);
    throw error;
  }
}
