import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Context } from '../../core/context.ts';
import { ToolError } from '../../core/errors.ts';
import type { PackOutput } from '../../pack/output.ts';
import { type PackFormat, packEnding, packFormatOfName } from './formats.ts';
import type { PackSettings } from './settings.ts';

type Wanted = Pick<PackSettings, 'output' | 'modelName' | 'format'>;

/**
 * The path of the archive: an output with the ending of an archive is the archive itself, unless such a folder exists; any
 * other output is the folder. Throws INVALID_OPTION if ending and format disagree.
 */
export async function chooseOutput(
  { output = '.', modelName, format }: Wanted,
  context: Context,
): Promise<PackOutput & { readonly format: PackFormat }> {
  const named = /[\\/]$/.test(output) ? undefined : packFormatOfName(output);
  if (named === undefined || (await isFolder(output, context))) {
    const chosen = format ?? 'mar';
    return { folder: output, path: join(output, fileName(modelName, packEnding(chosen))), format: chosen };
  }
  if (format !== undefined && format !== named) {
    const expected = `a name for the format ${format}`;
    throw new ToolError('INVALID_OPTION', { option: 'output', found: output, expected });
  }
  return { folder: dirname(output), path: output, format: named };
}

/** A model named `x.mar` becomes `x.mar`, not `x.mar.mar`. */
function fileName(modelName: string, extension: string): string {
  return modelName.endsWith(extension) ? modelName : modelName + extension;
}

async function isFolder(path: string, { cwd }: Context): Promise<boolean> {
  const found = await stat(resolve(cwd, path)).catch(() => undefined);
  return found?.isDirectory() ?? false;
}
