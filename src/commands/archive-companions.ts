import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openFile } from '../core/byte-source.ts';
import type { Context } from '../core/context.ts';
import { toArchiveMode } from '../core/pack/folder-files.ts';
import type { PackInput } from '../core/pack/plan.ts';
import { findNameProblems } from '../core/paths.ts';
import { readWeights } from '../weights/index.ts';

/**
 * Files the model itself names (ONNX external data), taken from beside it to the relative path it expects. What is
 * not there is left to the rules, which name it; a reference that leads outside the model's folder is never followed.
 */
export async function collectCompanions(
  model: PackInput,
  given: readonly PackInput[],
  context: Context,
): Promise<PackInput[]> {
  if (model.absolute === undefined) return [];
  const present = new Set(given.map(({ destination }) => destination));
  const companions: PackInput[] = [];
  for (const location of await referencedFiles(model.absolute)) {
    if (present.has(location) || findNameProblems(location).length > 0) continue;
    const absolute = join(dirname(model.absolute), location);
    const found = await stat(absolute).catch(() => undefined);
    if (!found?.isFile()) continue;
    present.add(location);
    context.log({ kind: 'notice', message: `${location} is packed too: ${model.origin} keeps tensor data in it.` });
    companions.push({
      role: 'external data',
      destination: location,
      origin: join(dirname(model.origin), location),
      absolute,
      size: found.size,
      mode: toArchiveMode(found.mode),
    });
  }
  return companions;
}

async function referencedFiles(path: string): Promise<string[]> {
  const source = await openFile(path, 'serialized file');
  try {
    const { facts } = await readWeights(source, path);
    return facts?.format === 'onnx' ? facts.externalData.map(({ location }) => location) : [];
  } finally {
    await source.close();
  }
}
