import { mkdir, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Context } from '../core/context.ts';
import { ToolError } from '../core/errors.ts';

/** Where an archive is written, in the words of the user. */
export interface PackOutput {
  readonly folder: string;
  /** The archive itself, inside the folder. */
  readonly path: string;
}

/** How a command treats an existing output. */
export interface OutputPolicy {
  readonly existsCode: 'OUTPUT_EXISTS' | 'WORKFLOW_OUTPUT_EXISTS';
  /** torch-workflow-archiver requires an existing folder. */
  readonly createsFolder: boolean;
  /** Upstream's warnings about what it overwrites and which folder it makes. */
  readonly warns: boolean;
}

/**
 * Throws EXPORT_PATH_NOT_FOLDER for a path that is not a folder, OUTPUT_EXISTS for an archive that may not be
 * overwritten.
 */
export async function checkOutput(
  { folder, path }: PackOutput,
  { force, policy }: { readonly force: boolean; readonly policy: OutputPolicy },
  context: Context,
): Promise<void> {
  const found = await stat(resolve(context.cwd, folder)).catch(() => undefined);
  const isUsable = found === undefined ? policy.createsFolder : found.isDirectory();
  if (!isUsable) throw new ToolError('EXPORT_PATH_NOT_FOLDER', { path: folder });
  const existing = await stat(resolve(context.cwd, path)).catch(() => undefined);
  if (existing && !force) throw new ToolError(policy.existsCode, { path });
  if (existing && policy.warns) context.log({ kind: 'warning', message: `Overwriting ${path} ...` });
}

/** Creates the folder of the output if it does not exist. */
export async function ensureFolder({ folder }: PackOutput, { warns }: OutputPolicy, context: Context): Promise<void> {
  const absolute = resolve(context.cwd, folder);
  if (await stat(absolute).catch(() => undefined)) return;
  if (warns) context.log({ kind: 'warning', message: `Export directory (${folder}) does not exist. Creating...` });
  await mkdir(absolute, { recursive: true }).catch((cause) => {
    throw new ToolError('FILE_UNWRITABLE', { path: folder, reason: String(cause) }, { cause });
  });
}
