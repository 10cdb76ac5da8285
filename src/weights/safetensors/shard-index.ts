import { isUtf8 } from 'node:buffer';
import { posix } from 'node:path';
import { type ByteSource, readAll } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import { JsonReader } from '../../core/documents/strict-json.ts';
import type { FileTree } from '../../core/file-tree.ts';
import { findNameProblems } from '../../core/paths.ts';
import { Budget } from '../reading/budget.ts';
import { Problems, quote, type WeightsProblem } from '../reading/problem.ts';
import { readSafetensors } from './read.ts';

/** A model split over several files: `model.safetensors.index.json`, `pytorch_model.bin.index.json`. */
export interface ShardIndex {
  /** File name → names of the tensors it must hold, both in the order of the index. */
  readonly shards: ReadonlyMap<string, readonly string[]>;
}

export interface ShardIndexReading {
  readonly index: ShardIndex | undefined;
  readonly problems: readonly WeightsProblem[];
}

/** The index of a model of 1,000 B parameters has about 20 MB. */
const MAX_INDEX_BYTES = 64 * 1024 ** 2;

export function isShardIndexName(name: string): boolean {
  return /\.(safetensors|bin|pt|pth)\.index\.json$/i.test(name);
}

/** Reads the `weight_map` of an index; its other keys ("total_size") differ between writers and are ignored. */
export async function readShardIndex(source: ByteSource): Promise<ShardIndexReading> {
  const problems = new Problems();
  try {
    const bytes = await readAll(source, MAX_INDEX_BYTES);
    if (!isUtf8(bytes)) throw new Malformed('it is not UTF-8', 0);
    return { index: { shards: readWeightMap(new JsonReader(bytes), problems) }, problems: problems.list() };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    problems.add('weights/shard-index-malformed', `The shard index cannot be read: ${error.message}.`, {
      offset: error.offset,
    });
    return { index: undefined, problems: problems.list() };
  }
}

function readWeightMap(json: JsonReader, problems: Problems): Map<string, string[]> {
  const shards = new Map<string, string[]>();
  const budget = new Budget();
  let found = false;
  json.object((section) => {
    if (section !== 'weight_map') return json.skip();
    found = true;
    json.object((tensor, offset) => {
      const file = json.string();
      budget.spend(tensor.length, offset);
      const known = shards.get(file);
      if (known) return void known.push(tensor);
      shards.set(file, [tensor]);
      const [unsafe] = findNameProblems(file);
      if (unsafe)
        problems.add(
          'weights/shard-index-malformed',
          `The shard ${quote(file)} is not a safe name: ${unsafe.message}.`,
          { offset },
        );
    });
  });
  json.end();
  if (!found) json.fail('it has no weight_map', 0);
  return shards;
}

/** Checks that every shard is a member of the tree and that a safetensors shard has the tensors of the index. */
export async function checkShards(
  index: ShardIndex,
  indexMember: string,
  tree: FileTree,
): Promise<readonly WeightsProblem[]> {
  const problems = new Problems();
  for (const [file, tensors] of index.shards) {
    const member = posix.join(posix.dirname(indexMember), file);
    if (!(await tree.has(member))) {
      problems.add(
        'weights/shard-missing',
        `The index names the shard ${quote(file)}, but ${quote(member)} does not exist.`,
        {
          hint: `Pack it next to the index: --extra-files ${file}`,
        },
      );
    } else if (member.endsWith('.safetensors')) {
      await checkShard(tree, member, tensors, problems);
    }
  }
  return problems.list();
}

/** A shard that cannot be read has its own findings. */
async function checkShard(
  tree: FileTree,
  member: string,
  tensors: readonly string[],
  problems: Problems,
): Promise<void> {
  const source = await tree.open(member);
  try {
    const { facts } = await readSafetensors(source);
    if (!facts) return;
    const held = new Set(facts.tensors.map(({ name }) => name));
    const missing = tensors.filter((name) => !held.has(name));
    if (missing.length === 0) return;
    const first = missing.slice(0, 3).map(quote).join(', ');
    problems.add(
      'weights/shard-tensors',
      `${quote(member)} lacks ${missing.length} tensors that the index lists: ${first}.`,
    );
  } finally {
    await source.close();
  }
}
