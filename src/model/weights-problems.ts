import { MANIFEST_PATH, WORKFLOW_MANIFEST_PATH } from '../core/paths.ts';
import {
  checkReferredFiles,
  checkShards,
  isShardIndexName,
  readShardIndex,
  type WeightsProblem,
} from '../weights/index.ts';
import { RECORD_PATH } from './documents/record.ts';
import type { MemberProblem, ModelFacts } from './facts.ts';
import { readMemberWeights } from './weights-members.ts';

/** All problems of the weights of an archive, in the order of its members. */
export async function findWeightsProblems(facts: ModelFacts): Promise<readonly MemberProblem[]> {
  const members = [...(await facts.members()).values()].filter(({ path }) => !JUDGED_ELSEWHERE.has(path));
  const weights = new Set(await facts.weightsMembers());
  const found: MemberProblem[] = [];
  for (const { path: member, size } of members) {
    // No empty file is a pickle.
    if (size === 0 && !weights.has(member) && !isShardIndexName(member)) continue;
    const problems = weights.has(member)
      ? await findOwnProblems(facts, member)
      : isShardIndexName(member)
        ? [...(await findShardProblems(facts, member)), ...(await findPickles(facts, member))]
        : await findPickles(facts, member);
    found.push(...problems.map((problem) => ({ member, problem })));
  }
  return found;
}

/** Documents with a reader and rules of their own. */
const JUDGED_ELSEWHERE: ReadonlySet<string> = new Set([MANIFEST_PATH, WORKFLOW_MANIFEST_PATH, RECORD_PATH]);

async function findOwnProblems(facts: ModelFacts, member: string): Promise<readonly WeightsProblem[]> {
  const { facts: read, detected, problems } = await facts.weights(member);
  // For a file that is given alone, weights/recognised reports more.
  const isAlone = facts.kind === 'weights' && member === (await facts.serializedFile());
  const own = isAlone && isNothing(problems, detected) ? [] : problems;
  return [...own, ...(await checkReferredFiles(read, member, facts.tree))];
}

/**
 * A pickle under any name runs its code when it is loaded (CVE-2025-10155): in the external data of a model, in a file
 * named as text. Other formats do not occur by accident.
 */
async function findPickles({ tree }: ModelFacts, member: string): Promise<readonly WeightsProblem[]> {
  // Not read through the facts, which keep every reading: an archive may have 60,000 such members, each read once.
  const { problems } = await readMemberWeights(tree, member);
  return problems.filter(isAboutPickle);
}

/** Not weights; a library counts only if a manifest names it, as a compiled model. */
export function isNothing(problems: readonly WeightsProblem[], detected: string | undefined): boolean {
  const isUnknown = problems.some(({ rule }) => rule === 'weights/unknown-format');
  return isUnknown && (detected === undefined || detected === 'ELF library');
}

function isAboutPickle({ rule }: WeightsProblem): boolean {
  return rule.startsWith('weights/pickle') || ABOUT_PICKLES.has(rule);
}

/** A ZIP or an array that cannot be followed may contain a pickle for a reader that follows it differently. */
const ABOUT_PICKLES: ReadonlySet<string> = new Set([
  'weights/not-scanned',
  'weights/left-out',
  'weights/torch-zip-form',
  'weights/numpy-malformed',
]);

async function findShardProblems({ tree }: ModelFacts, member: string): Promise<readonly WeightsProblem[]> {
  const source = await tree.open(member);
  try {
    const { index, problems } = await readShardIndex(source);
    return [...problems, ...(index ? await checkShards(index, member, tree) : [])];
  } finally {
    await source.close();
  }
}
