import type { OnnxFacts, WeightsFacts } from '../../weights/reading/facts.ts';
import { referredMembers } from '../../weights/referred-files.ts';
import { addChange } from './add-change.ts';
import { compareSignatures } from './compare-signatures.ts';
import { compareTensors, noTensors, type TensorCounts } from './compare-tensors.ts';
import type { Differences } from './differences.ts';
import { findJsonChanges } from './json-changes.ts';
import { haveSameBytes, type Side } from './read-side.ts';

interface Pair {
  readonly before: string;
  readonly after: string;
}

/** Weights members that are the same by name; then the two serialized files, whatever they are called. */
export async function pairWeights(before: Side, after: Side): Promise<readonly Pair[]> {
  const [ones, twos] = [before, after].map(({ content }) => content.weights.map(({ member }) => member));
  const pairs = (ones ?? [])
    .filter((member) => twos?.includes(member))
    .map((member) => ({ before: member, after: member }));
  const [main, other] = [await before.facts.serializedFile(), await after.facts.serializedFile()];
  const isFree = (member: string | undefined, side: 'before' | 'after') =>
    member !== undefined && !pairs.some((pair) => pair[side] === member);
  if (main !== undefined && other !== undefined && isFree(main, 'before') && isFree(other, 'after'))
    pairs.push({ before: main, after: other });
  return pairs;
}

/** Signatures, tensors by name, and what else two weights files say. Members with the same bytes are not read again. */
export async function compareWeights(
  before: Side,
  after: Side,
  pairs: readonly Pair[],
  differences: Differences,
): Promise<TensorCounts> {
  const counts = noTensors();
  for (const pair of pairs) await comparePair(before, after, pair, differences, counts);
  addUnpaired(before, after, pairs, differences);
  return counts;
}

async function comparePair(
  before: Side,
  after: Side,
  pair: Pair,
  differences: Differences,
  counts: TensorCounts,
): Promise<void> {
  const [one, two] = [factsOf(before, pair.before), factsOf(after, pair.after)];
  if (await areEqual(before, after, pair)) {
    counts.equal += one?.tensors.length ?? 0;
    return;
  }
  const known = differences.count;
  if (one !== undefined && two !== undefined && one.format !== two.format)
    differences.add({
      area: 'weights',
      change: 'changed',
      name: pair.after,
      before: one.format,
      after: two.format,
      impact: 'weights',
      why: 'Another program loads it.',
    });
  const unknown = counts.notCompared;
  if (one?.format === 'onnx' && two?.format === 'onnx') compareModels(one, two, pair.after, differences);
  if (one !== undefined && two !== undefined)
    await compareTensors(
      { tree: before.facts.tree, member: pair.before, facts: one },
      { tree: after.facts.tree, member: pair.after, facts: two },
      differences,
      counts,
    );
  if (differences.count > known) return;
  const isTold = one !== undefined && two !== undefined && counts.notCompared === unknown;
  differences.add({
    area: 'weights',
    change: 'changed',
    name: pair.after,
    impact: 'weights',
    why: isTold
      ? 'Its tensors are equal; the bytes around them differ.'
      : 'Its bytes differ; what they mean cannot be told.',
  });
}

function factsOf({ content }: Side, member: string): WeightsFacts | undefined {
  return content.weights.find((weights) => weights.member === member)?.facts;
}

/** The same bytes, also of the files that it refers to. */
async function areEqual(before: Side, after: Side, pair: Pair): Promise<boolean> {
  if (!(await haveSameBytes(before, pair.before, after, pair.after))) return false;
  const [ones, twos] = [
    referredMembers(factsOf(before, pair.before), pair.before),
    referredMembers(factsOf(after, pair.after), pair.after),
  ];
  for (const [index, one] of ones.entries()) {
    const two = twos[index] ?? '';
    const isMissing = !before.files.has(one) && !after.files.has(two);
    if (!isMissing && !(await haveSameBytes(before, one, after, two))) return false;
  }
  return true;
}

function addUnpaired(before: Side, after: Side, pairs: readonly Pair[], differences: Differences): void {
  const add = (change: 'added' | 'removed', name: string) =>
    differences.add({ area: 'weights', change, name, impact: 'weights', why: 'It holds weights.' });
  for (const { member } of before.content.weights)
    if (!pairs.some((pair) => pair.before === member)) add('removed', member);
  for (const { member } of after.content.weights)
    if (!pairs.some((pair) => pair.after === member)) add('added', member);
}

/** Of an ONNX model beside its tensors: signature, operator sets, operators, metadata. */
function compareModels(before: OnnxFacts, after: OnnxFacts, member: string, differences: Differences): void {
  compareSignatures(before, after, member, differences);
  const [one, two] = [describeModel(before), describeModel(after)];
  for (const change of findJsonChanges(one, two)) {
    const isGraph = change.path[0] === 'operators' || change.path[0] === 'opsets';
    addChange(
      differences,
      'weights',
      change,
      isGraph
        ? { impact: 'weights', why: 'The graph computes otherwise.' }
        : { impact: 'metadata', why: 'It describes the model; no answer depends on it.' },
      member,
    );
  }
}

function describeModel({
  irVersion,
  opsets,
  producer,
  metadata,
  operators,
}: OnnxFacts): Readonly<Record<string, unknown>> {
  const versions = Object.fromEntries(opsets.map(({ domain, version }) => [domain || 'ai.onnx', version]));
  return { irVersion, opsets: versions, producer, metadata, operators };
}
