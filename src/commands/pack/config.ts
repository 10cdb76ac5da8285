import { basename, dirname, resolve } from 'node:path';
import { openFile } from '../../core/byte-source.ts';
import { findConfig, readDataConfig } from '../../core/documents/config-file.ts';
import { describeError, ToolError } from '../../core/errors.ts';
import { locate } from '../../core/user-path.ts';
import { type PackConfig, packConfigSchema } from './options.ts';

/** Tried in this order when no `--config` is given. */
const CONFIG_NAMES = [
  'mar.config.json',
  'mar.config.yaml',
  'mar.config.yml',
  'mar.config.ts',
  'mar.config.mjs',
] as const;

export interface LoadedConfig {
  readonly config: PackConfig;
  /** Folder that the config's paths refer to: its own, or `cwd` when there is none. */
  readonly folder: string;
  /** As the user would name it; undefined when there is none. */
  readonly file: string | undefined;
}

/** Finds, reads and judges the config file. Throws FILE_NOT_FOUND for a named one, PACK_CONFIG_INVALID for a bad one. */
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

/** The user's own code, run as any build tool runs its config: bundled by esbuild, imported from memory. */
async function loadModule(path: string, shown: string): Promise<unknown> {
  await (await openFile(path, 'config file')).close();
  const { bundleHandler } = await import('../../source/bundle.ts');
  const { code } = await bundleHandler(resolve(path));
  try {
    const loaded = (await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)) as Record<
      string,
      unknown
    >;
    return loaded.default ?? loaded.config;
  } catch (cause) {
    throw new ToolError(
      'PACK_CONFIG_INVALID',
      { path: shown, at: 'running it', reason: describeError(cause) },
      { cause },
    );
  }
}
