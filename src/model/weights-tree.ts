import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { planTree } from '../archive/plan/plan-tree.ts';
import type { PlannedFile } from '../archive/structure/types.ts';
import { type ByteSource, openFile } from '../core/byte-source.ts';
import type { FileTree } from '../core/file-tree.ts';
import { findNameProblems, toArchivePath } from '../core/paths.ts';
import { isShardIndexName, readShardIndex, readWeights, referredFiles, type WeightsReading } from '../weights/index.ts';

export interface WeightsFile {
  readonly name: string;
  /** Of a local file. */
  readonly path?: string;
  open(): Promise<ByteSource>;
}

export interface WeightsTree {
  readonly tree: FileTree;
  readonly member: string;
  /** Of the member; none for a shard index, which contains no weights. */
  readonly reading?: WeightsReading;
}

/** A single weights file as a tree: the file, and the files it refers to, if it is a local file. */
export async function openWeightsTree(file: WeightsFile): Promise<WeightsTree> {
  const { name, path } = file;
  const member = findNameProblems(name).length === 0 ? name : 'weights';
  const source = await file.open();
  const { references, reading } = await readReferring(source, name).finally(() => source.close());
  const files = [planFile(member, name, source.size, file.open)];
  if (path !== undefined)
    files.push(
      ...(await findBeside(
        dirname(path),
        references.filter((name) => name !== member),
      )),
    );
  return { tree: planTree(path ?? name, files), member, ...(reading ? { reading } : {}) };
}

/** The names that are files of the folder. */
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

interface Referring {
  /** Names of files next to the file: external data, constants, shards of an index. */
  readonly references: readonly string[];
  readonly reading?: WeightsReading;
}

async function readReferring(source: ByteSource, name: string): Promise<Referring> {
  if (isShardIndexName(name)) return { references: [...((await readShardIndex(source)).index?.shards.keys() ?? [])] };
  const reading = await readWeights(source, name);
  return { reading, references: referredFiles(reading.facts, name).map(({ location }) => location) };
}
