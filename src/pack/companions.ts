import { stat } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import { openFile } from '../core/byte-source.ts';
import type { Context } from '../core/context.ts';
import { toArchiveMode } from '../core/file-tree.ts';
import { findNameProblems } from '../core/paths.ts';
import { isShardIndexName, readShardIndex, readWeights, referredFiles } from '../weights/index.ts';
import type { PackInput } from './plan.ts';

/** A file that a model needs, by its path relative to the model's folder. */
interface Companion {
  readonly location: string;
  readonly role: string;
  /** Continues the sentence "is packed too: …". */
  readonly why: string;
}

/**
 * Files that the model itself names (ONNX external data, OpenVINO's constants, shards), packed at the relative path it expects. The rules
 * report a missing file; a reference outside the model's folder is never followed.
 */
export async function collectCompanions(
  model: PackInput,
  given: readonly PackInput[],
  context: Context,
): Promise<PackInput[]> {
  if (model.absolute === undefined) return [];
  const present = new Set(given.map(({ destination }) => destination));
  const companions: PackInput[] = [];
  for (const { location, role, why } of await findCompanions(model.absolute)) {
    const destination = posix.join(posix.dirname(model.destination), location);
    if (present.has(destination) || findNameProblems(location).length > 0) continue;
    const absolute = join(dirname(model.absolute), location);
    const found = await stat(absolute).catch(() => undefined);
    if (!found?.isFile()) continue;
    present.add(destination);
    context.log({ kind: 'notice', message: `${location} is packed too: ${model.origin} ${why}.` });
    companions.push({
      role,
      destination,
      origin: join(dirname(model.origin), location),
      absolute,
      size: found.size,
      mode: toArchiveMode(found.mode),
    });
  }
  return companions;
}

async function findCompanions(path: string): Promise<Companion[]> {
  if (isShardIndexName(path)) return readShards(path, '');
  const index = indexOfShard(basename(path));
  const beside = index === undefined ? undefined : join(dirname(path), index);
  if (index !== undefined && beside !== undefined && (await stat(beside).catch(() => undefined))?.isFile()) {
    const own = { location: index, role: 'shard index', why: 'is one of its shards' };
    return [own, ...(await readShards(beside, basename(path)))];
  }
  return readReferred(path);
}

/** `model-00001-of-00003.safetensors` belongs to `model.safetensors.index.json`. */
function indexOfShard(name: string): string | undefined {
  const [, stem, extension] = /^(.+)-\d{5}-of-\d{5}\.(safetensors|bin|pt|pth)$/i.exec(name) ?? [];
  return stem === undefined ? undefined : `${stem}.${extension}.index.json`;
}

async function readShards(path: string, except: string): Promise<Companion[]> {
  const source = await openFile(path, 'shard index');
  try {
    const { index } = await readShardIndex(source);
    const names = [...(index?.shards.keys() ?? [])].filter((name) => name !== except);
    return names.map((location) => ({ location, role: 'shard', why: 'names it as a shard' }));
  } finally {
    await source.close();
  }
}

async function readReferred(path: string): Promise<Companion[]> {
  const source = await openFile(path, 'serialized file');
  try {
    const { facts } = await readWeights(source, path);
    return referredFiles(facts, basename(path)).map(({ location, why }) => ({ location, role: 'external data', why }));
  } finally {
    await source.close();
  }
}
