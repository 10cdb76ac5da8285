import type { OnnxFacts, TensorFacts } from '../../weights/reading/facts.ts';
import type { Differences } from './differences.ts';
import type { Difference, DiffImpact } from './result.ts';
import { describeTensor } from './tensor-type.ts';

type Role = 'input' | 'output';
type Dimension = TensorFacts['shape'][number];

/**
 * Inputs and outputs of two ONNX models. An input may take more than before, an output may give less room than before: that
 * is compatible, the other way breaks.
 */
export function compareSignatures(before: OnnxFacts, after: OnnxFacts, member: string, differences: Differences): void {
  compareRole('input', before.inputs, after.inputs, member, differences);
  compareRole('output', before.outputs, after.outputs, member, differences);
}

function compareRole(
  role: Role,
  before: readonly TensorFacts[],
  after: readonly TensorFacts[],
  member: string,
  differences: Differences,
): void {
  const add = (difference: Omit<Difference, 'area' | 'member'>) => {
    differences.add({ area: 'signature', member, ...difference });
  };
  const removed = before.filter(({ name }) => !after.some((one) => one.name === name));
  const added = after.filter(({ name }) => !before.some((one) => one.name === name));
  for (const [index, one] of before.entries()) {
    const same = after.find(({ name }) => name === one.name);
    if (same !== undefined) compareTensors(role, one, same, add);
    else if (isRenamed(one, after[index], added)) {
      add({
        change: 'renamed',
        name: `${role} ${one.name}`,
        before: one.name,
        after: after[index]?.name ?? '',
        impact: 'breaking',
        why: `Clients that name the ${role} no longer find it.`,
      });
    }
  }
  const isPaired = (one: TensorFacts, others: readonly TensorFacts[], index: number, among: readonly TensorFacts[]) =>
    isRenamed(one, others[index], among);
  for (const one of removed)
    if (!isPaired(one, after, before.indexOf(one), added))
      add({
        change: 'removed',
        name: `${role} ${one.name}`,
        before: describeTensor(one),
        impact: 'breaking',
        why: role === 'input' ? 'A request that gives it is refused.' : 'An answer no longer has it.',
      });
  for (const one of added)
    if (!isPaired(one, before, after.indexOf(one), removed))
      add({
        change: 'added',
        name: `${role} ${one.name}`,
        after: describeTensor(one),
        impact: role === 'input' ? 'breaking' : 'compatible',
        why: role === 'input' ? 'A request without it is refused.' : 'An answer has one more; the others stay.',
      });
}

/** At the same place, of the same type and shape, and unknown on the other side. */
function isRenamed(one: TensorFacts, other: TensorFacts | undefined, unknown: readonly TensorFacts[]): boolean {
  return other !== undefined && unknown.includes(other) && describeTensor(one) === describeTensor(other);
}

function compareTensors(
  role: Role,
  before: TensorFacts,
  after: TensorFacts,
  add: (difference: Omit<Difference, 'area' | 'member'>) => void,
): void {
  if (describeTensor(before) === describeTensor(after)) return;
  const { impact, why } = judgeChange(role, before, after);
  add({
    change: 'changed',
    name: `${role} ${before.name}`,
    before: describeTensor(before),
    after: describeTensor(after),
    impact,
    why,
  });
}

function judgeChange(role: Role, before: TensorFacts, after: TensorFacts): { impact: DiffImpact; why: string } {
  if (before.dtype !== after.dtype) return { impact: 'breaking', why: 'Its type is another.' };
  const [given, taken] = role === 'input' ? [before, after] : [after, before];
  if (taken.unranked) return { impact: 'compatible', why: 'Every shape that was good is good.' };
  if (given.unranked || given.shape.length !== taken.shape.length)
    return { impact: 'breaking', why: 'It has another number of dimensions.' };
  const axis = given.shape.findIndex((size, index) => !fits(size, taken.shape[index] ?? null));
  if (axis < 0) {
    const isWider = given.shape.some(
      (size, index) => typeof size === 'number' && typeof taken.shape[index] !== 'number',
    );
    return isWider
      ? { impact: 'compatible', why: 'Every shape that was good is good.' }
      : { impact: 'metadata', why: 'A free dimension has another name.' };
  }
  return {
    impact: 'breaking',
    why: `Dimension ${axis} was ${show(before.shape[axis])} and is ${show(after.shape[axis])}.`,
  };
}

/** A free dimension takes any size. */
function fits(given: Dimension, taken: Dimension): boolean {
  return typeof taken !== 'number' || given === taken;
}

function show(size: Dimension | undefined): string {
  return typeof size === 'number' ? String(size) : 'free';
}
