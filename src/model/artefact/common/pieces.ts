/** Parts of a recipe that several tools share. */
import { posix } from 'node:path';
import { findNameProblems } from '../../../core/paths.ts';
import { isShardIndexName, readShardIndex, referredFiles } from '../../../weights/index.ts';
import type { Piece } from './artefact.ts';
import type { ArtefactFiles } from './files.ts';

/** A member under the name it has. */
export const asIs = (member: string): Piece => ({ to: member, member });

/** Weights at the top of the archive, and what they refer to beside them: external data of ONNX, shards of an index. */
export async function weightsPieces(files: ArtefactFiles, member: string, to?: string): Promise<Piece[]> {
  const name = to ?? posix.basename(member);
  const beside = [...new Set(await findReferences(files, member))].flatMap((location): Piece[] => {
    const found = posix.join(posix.dirname(member), location);
    if (findNameProblems(location).length > 0 || !files.has(found)) return [];
    return [{ to: posix.join(posix.dirname(name), location), member: found }];
  });
  return [{ to: name, member }, ...beside];
}

async function findReferences(files: ArtefactFiles, member: string): Promise<readonly string[]> {
  if (isShardIndexName(member)) {
    const source = await files.tree.open(member);
    try {
      return [...((await readShardIndex(source)).index?.shards.keys() ?? [])];
    } finally {
      await source.close();
    }
  }
  const { facts } = await files.weights(member);
  return referredFiles(facts, member).map(({ location }) => location);
}

/** The names of classes as index_to_name.json has them. */
export function labelsPiece(names: readonly string[], from: string): Piece {
  return { to: 'index_to_name.json', from, text: json(Object.fromEntries(names.map((name, index) => [index, name]))) };
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The first Python file that TorchServe could run as a handler: a function `handle`, or a class with a method of that name. */
export async function findTorchServeHandler(
  files: ArtefactFiles,
  candidates: readonly string[],
): Promise<string | undefined> {
  for (const path of candidates.filter((name) => name.endsWith('.py')).slice(0, MOST_SOURCES)) {
    const python = await files.python(path);
    if (python === undefined || python.errors.length > 0) continue;
    if (python.functions.some(({ name }) => name === 'handle')) return path;
    if (python.classes.some(({ members }) => members.has('handle'))) return path;
  }
  return undefined;
}

/** Python files that are parsed to find one; a folder of code has tens. */
const MOST_SOURCES = 50;
