import { hashSource } from '../../archive/bytes/hash-source.ts';
import type { FileTree } from '../../core/file-tree.ts';
import { type LocatedTensors, locateTensors } from '../../weights/locate-tensors.ts';
import type { TensorFacts, WeightsFacts } from '../../weights/reading/facts.ts';
import type { Differences } from './differences.ts';
import type { Difference, DiffResult } from './result.ts';
import { describeTensor } from './tensor-type.ts';

export type TensorCounts = { -readonly [Key in keyof DiffResult['tensors']]: number };

export function noTensors(): TensorCounts {
  return { equal: 0, changed: 0, added: 0, removed: 0, renamed: 0, notCompared: 0 };
}

/** A weights member that was read. */
export interface WeightsMember {
  readonly tree: FileTree;
  readonly member: string;
  readonly facts: WeightsFacts;
}

/** Tensors by name: type, shape, values. What is gone and what is new with the same values is renamed. */
export async function compareTensors(
  before: WeightsMember,
  after: WeightsMember,
  differences: Differences,
  counts: TensorCounts,
): Promise<void> {
  const [one, two] = [await openTensors(before), await openTensors(after)];
  const add = (change: keyof TensorCounts & Difference['change'], name: string, more: Omit<Addition, 'name'>) => {
    counts[change]++;
    differences.add({ area: 'tensors', change, name, member: after.member, impact: 'weights', ...more });
  };
  try {
    for (const [name, tensor] of one.byName) {
      const now = two.byName.get(name);
      if (now !== undefined) await compareTensor(tensor, now, { one, two, add, counts });
    }
    const gone = [...one.byName.values()].filter(({ name }) => !two.byName.has(name));
    const added = [...two.byName.values()].filter(({ name }) => !one.byName.has(name));
    const renamed = await pairByValues(gone, one, added, two);
    for (const tensor of gone) {
      const now = renamed.get(tensor);
      const before = describeTensor(tensor);
      if (now === undefined) add('removed', tensor.name, { before, why: 'The model no longer has it.' });
      else add('renamed', tensor.name, { before: tensor.name, after: now.name, why: RENAMED });
    }
    const paired = new Set(renamed.values());
    for (const tensor of added)
      if (!paired.has(tensor))
        add('added', tensor.name, { after: describeTensor(tensor), why: 'The model did not have it.' });
  } finally {
    await one.close();
    await two.close();
  }
}

const RENAMED = 'The same values have another name: code that loads them by name misses them.';

type Addition = Pick<Difference, 'name' | 'before' | 'after' | 'why'>;

interface Tensors {
  readonly byName: ReadonlyMap<string, TensorFacts>;
  /** SHA-256 of the bytes; undefined where they do not lie in one piece. */
  digest(name: string): Promise<string | undefined>;
  close(): Promise<void>;
}

async function openTensors({ tree, member, facts }: WeightsMember): Promise<Tensors> {
  const located: LocatedTensors = await locateTensors(tree, member, facts);
  const byName = new Map<string, TensorFacts>();
  for (const tensor of facts.tensors) if (!byName.has(tensor.name)) byName.set(tensor.name, tensor);
  return {
    byName,
    async digest(name) {
      const source = located.bytes.get(name);
      return source === undefined ? undefined : hashSource(source);
    },
    close: () => located.close(),
  };
}

interface Comparison {
  readonly one: Tensors;
  readonly two: Tensors;
  readonly counts: TensorCounts;
  add(change: 'changed', name: string, more: Omit<Addition, 'name'>): void;
}

async function compareTensor(
  before: TensorFacts,
  after: TensorFacts,
  { one, two, counts, add }: Comparison,
): Promise<void> {
  const { name } = before;
  const [was, is] = [describeTensor(before), describeTensor(after)];
  if (was !== is) {
    add('changed', name, { before: was, after: is, why: 'Its type or shape is another.' });
    return;
  }
  const [left, right] = [await one.digest(name), await two.digest(name)];
  if (left === undefined || right === undefined) counts.notCompared++;
  else if (left === right) counts.equal++;
  else add('changed', name, { why: 'Its values differ.' });
}

/** Tensors that are gone, each with the new one that has its type, shape and values. */
async function pairByValues(
  gone: readonly TensorFacts[],
  one: Tensors,
  added: readonly TensorFacts[],
  two: Tensors,
): Promise<ReadonlyMap<TensorFacts, TensorFacts>> {
  const pairs = new Map<TensorFacts, TensorFacts>();
  if (gone.length === 0) return pairs;
  const arrivals = new Map<string, TensorFacts[]>();
  for (const tensor of added) {
    const key = await keyOf(tensor, two);
    if (key !== undefined) arrivals.set(key, [...(arrivals.get(key) ?? []), tensor]);
  }
  for (const tensor of arrivals.size === 0 ? [] : gone) {
    const key = await keyOf(tensor, one);
    const now = key === undefined ? undefined : arrivals.get(key)?.shift();
    if (now !== undefined) pairs.set(tensor, now);
  }
  return pairs;
}

async function keyOf(tensor: TensorFacts, tensors: Tensors): Promise<string | undefined> {
  const digest = await tensors.digest(tensor.name);
  return digest === undefined ? undefined : `${describeTensor(tensor)} ${digest}`;
}
