import {
  checkExternalData,
  checkShards,
  externalMember,
  isShardIndexName,
  readShardIndex,
  type WeightsProblem,
} from '../weights/index.ts';
import type { MemberProblem, ModelFacts } from './facts.ts';

/** Members that are text by their name and that no loader of weights opens. */
const SOURCE_NAME = /^(MAR|WAR)-INF\/|\.(py|[cm]?[jt]s|ya?ml|md)$/i;

/** Everything wrong with the weights of an archive, in the order of its members. */
export async function findWeightsProblems(facts: ModelFacts): Promise<readonly MemberProblem[]> {
  const members = [...(await facts.members()).keys()];
  const serialized = await facts.serializedFile();
  const found: MemberProblem[] = [];
  const externalData = new Set<string>();
  // Whoever names one file asks about it, whatever it is called.
  const isAsked = (member: string) => facts.kind === 'weights' && member === serialized;
  const candidates = members.filter((member) => isAsked(member) || !SOURCE_NAME.test(member));
  const weights = new Set(await facts.weightsMembers());
  for (const member of candidates.filter((name) => weights.has(name))) {
    const { facts: read, detected, problems } = await facts.weights(member);
    // Of a file that is given by itself weights/recognised says more.
    if (!(isAsked(member) && isNothing(problems, detected)))
      found.push(...problems.map((problem) => ({ member, problem })));
    if (read?.format !== 'onnx') continue;
    for (const { location } of read.externalData) externalData.add(externalMember(member, location));
    const missing = await checkExternalData(read, member, facts.tree);
    found.push(...missing.map((problem) => ({ member, problem })));
  }
  for (const member of candidates.filter(isShardIndexName)) found.push(...(await findShardProblems(facts, member)));
  const others = candidates.filter((name) => !weights.has(name) && !externalData.has(name));
  for (const member of others) {
    // A pickle under any name runs its code when a handler loads it (CVE-2025-10155); other formats are none by accident.
    const { problems } = await facts.weights(member);
    for (const problem of problems) if (isAboutPickle(problem)) found.push({ member, problem });
  }
  return found;
}

/** No weights at all; a library is only where a manifest names it, as a compiled model. */
export function isNothing(problems: readonly WeightsProblem[], detected: string | undefined): boolean {
  const isUnknown = problems.some(({ code }) => code === 'weights/unknown-format');
  return isUnknown && (detected === undefined || detected === 'ELF library');
}

function isAboutPickle({ code }: WeightsProblem): boolean {
  return code.startsWith('weights/pickle');
}

async function findShardProblems({ tree }: ModelFacts, member: string): Promise<MemberProblem[]> {
  const source = await tree.open(member);
  try {
    const { index, problems } = await readShardIndex(source);
    const missing = index ? await checkShards(index, member, tree) : [];
    return [...problems, ...missing].map((problem) => ({ member, problem }));
  } finally {
    await source.close();
  }
}
