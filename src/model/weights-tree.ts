import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { planTree } from '../archive/plan/plan-tree.ts';
import type { PlannedFile } from '../archive/structure/types.ts';
import { type ByteSource, openFile } from '../core/byte-source.ts';
import type { FileTree } from '../core/file-tree.ts';
import { findNameProblems, toArchivePath } from '../core/paths.ts';
import { isShardIndexName, readShardIndex, readWeights } from '../weights/index.ts';

export interface WeightsFile {
  readonly name: string;
  /** Of a file of this machine. */
  readonly path?: string;
  open(): Promise<ByteSource>;
}

/** A weights file by itself as a tree: the file, and the files beside it that it refers to, where it is a file of this machine. */
export async function openWeightsTree(file: WeightsFile): Promise<{ tree: FileTree; member: string }> {
  const { name, path } = file;
  const member = findNameProblems(name).length === 0 ? name : 'weights';
  const source = await file.open();
  const references = await findReferences(source, name).finally(() => source.close());
  const files = [planFile(member, name, source.size, file.open)];
  if (path !== undefined)
    files.push(
      ...(await findBeside(
        dirname(path),
        references.filter((name) => name !== member),
      )),
    );
  return { tree: planTree(path ?? name, files), member };
}

/** Those of the names that are files of the folder. */
async function findBeside(folder: string, names: readonly string[]): Promise<PlannedFile[]> {
  const files: PlannedFile[] = [];
  for (const name of names) {
    if (findNameProblems(name).length > 0) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) files.push(planFile(name, path, found.size, () => openFile(path, 'weights file')));
  }
  return files;
}

function planFile(member: string, origin: string, size: number, open: () => Promise<ByteSource>): PlannedFile {
  return { path: toArchivePath(member), size, mode: 0o644, origin, open };
}

/** External data of an ONNX model, shards of an index. */
async function findReferences(source: ByteSource, name: string): Promise<string[]> {
  if (isShardIndexName(name)) return [...((await readShardIndex(source)).index?.shards.keys() ?? [])];
  const { facts } = await readWeights(source, name);
  return facts?.format === 'onnx' ? facts.externalData.map(({ location }) => location) : [];
}
