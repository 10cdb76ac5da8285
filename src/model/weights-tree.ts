import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { planTree } from '../archive/plan/plan-tree.ts';
import type { PlannedFile } from '../archive/structure/types.ts';
import { openFile } from '../core/byte-source.ts';
import type { FileTree } from '../core/file-tree.ts';
import { findNameProblems, toArchivePath } from '../core/paths.ts';
import { isShardIndexName, readShardIndex, readWeights } from '../weights/index.ts';

/** A weights file by itself as a tree: the file, and the files beside it that it refers to. */
export async function openWeightsTree(path: string): Promise<{ tree: FileTree; member: string }> {
  const name = basename(path);
  const member = findNameProblems(name).length === 0 ? name : 'weights';
  const files = [await planFile(path, member)];
  for (const location of await findReferences(path)) {
    if (location === member || findNameProblems(location).length > 0) continue;
    const beside = join(dirname(path), location);
    const found = await stat(beside).catch(() => undefined);
    if (found?.isFile()) files.push(await planFile(beside, location));
  }
  return { tree: planTree(path, files), member };
}

async function planFile(path: string, member: string): Promise<PlannedFile> {
  const { size } = await stat(path);
  return { path: toArchivePath(member), size, mode: 0o644, origin: path, open: () => openFile(path, 'weights file') };
}

/** External data of an ONNX model, shards of an index. */
async function findReferences(path: string): Promise<string[]> {
  const source = await openFile(path, 'weights file');
  try {
    if (isShardIndexName(path)) return [...((await readShardIndex(source)).index?.shards.keys() ?? [])];
    const { facts } = await readWeights(source, path);
    return facts?.format === 'onnx' ? facts.externalData.map(({ location }) => location) : [];
  } finally {
    await source.close();
  }
}
