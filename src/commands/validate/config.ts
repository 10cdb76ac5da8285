import { basename, dirname, relative, resolve } from 'node:path';
import type { Context } from '../../core/context.ts';
import { findConfig, readDataConfig } from '../../core/documents/config-file.ts';
import { describeError, ToolError } from '../../core/errors.ts';
import { type ValidateConfig, validateConfigSchema } from './options.ts';

/** Default names, in this order; without mar.config.ts, since validating executes nothing. */
const CONFIG_NAMES = [
  'mar.validate.json',
  'mar.validate.yaml',
  'mar.validate.yml',
  'mar.config.json',
  'mar.config.yaml',
  'mar.config.yml',
] as const;

/**
 * The config of `mar validate`: the named file, or the first default in the folder. An artefact must not set its own rules: a
 * file inside it counts only if it is named. Throws FILE_NOT_FOUND, VALIDATE_CONFIG_INVALID.
 */
export async function loadValidateConfig(
  given: string | false | undefined,
  judged: string,
  { cwd, log }: Context,
): Promise<ValidateConfig> {
  if (given === false) return {};
  const file = given ?? (await findConfig(CONFIG_NAMES, cwd));
  if (file === undefined) return {};
  const absolute = resolve(cwd, file);
  if (given === undefined && isInside(absolute, resolve(cwd, judged))) {
    log({
      kind: 'warning',
      message: `${file} is inside the validated folder and is not used.`,
      hint: `If it is yours: --config ${file}`,
    });
    return {};
  }
  return parseConfig(file, await read(file, absolute));
}

function isInside(file: string, folder: string): boolean {
  const path = relative(folder, dirname(file));
  return path === '' || !/^\.\.([\\/]|$)|^[A-Za-z]:|^[\\/]/.test(path);
}

async function read(file: string, absolute: string): Promise<unknown> {
  try {
    return await readDataConfig(absolute);
  } catch (cause) {
    if (cause instanceof ToolError) throw cause;
    throw refuse(file, 'the whole file', describeError(cause), cause);
  }
}

function parseConfig(file: string, value: unknown): ValidateConfig {
  const isShared = basename(file).startsWith('mar.config.');
  const own = isShared ? (Reflect.get(Object(value), 'validate') ?? {}) : value;
  const parsed = validateConfigSchema.safeParse(own);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = [...(isShared ? ['validate'] : []), ...(issue?.path ?? [])].join('.');
  throw refuse(file, at === '' ? 'the whole file' : at, issue?.message ?? 'not a config');
}

function refuse(path: string, at: string, reason: string, cause?: unknown): ToolError {
  return new ToolError('VALIDATE_CONFIG_INVALID', { path, at, reason }, { cause });
}
