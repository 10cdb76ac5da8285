import { basename } from 'node:path';
import {
  checkExternalData,
  checkShards,
  externalMember,
  isShardIndexName,
  readShardIndex,
  type WeightsProblem,
} from '../weights/index.ts';
import type { Subject } from './facts.ts';

export interface MemberProblem {
  readonly member: string;
  readonly problem: WeightsProblem;
}

/** Members by these names are held to be weights; everything else only must not be a pickle that runs code. */
export const WEIGHTS_NAME = /\.(onnx|safetensors|pt|pth|ckpt|pkl|pickle|npy|npz|joblib)$/i;
/** Members that are text by their name and that no loader of weights opens. */
const SOURCE_NAME = /^(MAR|WAR)-INF\/|\.(py|[cm]?[jt]s|ya?ml|md)$/i;

/** Everything wrong with the weights of a subject, in the order of its members. */
export async function findWeightsProblems(subject: Subject): Promise<readonly MemberProblem[]> {
  const members = [...(await subject.members()).keys()];
  const serialized = await serializedMember(subject);
  const found: MemberProblem[] = [];
  const externalData = new Set<string>();
  // Whoever names one file asks about it, whatever it is called.
  const isAsked = (member: string) => subject.kind === 'weights' && member === serialized;
  const candidates = members.filter((member) => isAsked(member) || !SOURCE_NAME.test(member));
  const isHeldToBeWeights = (name: string) =>
    WEIGHTS_NAME.test(name) || (name === serialized && !isShardIndexName(name));
  for (const member of candidates.filter(isHeldToBeWeights)) {
    const { facts, detected, problems } = await subject.weights(member);
    // Of a file that is given by itself weights/recognised says more.
    if (!(isAsked(member) && isNothing(problems, detected)))
      found.push(...problems.map((problem) => ({ member, problem })));
    if (facts?.format !== 'onnx') continue;
    for (const { location } of facts.externalData) externalData.add(externalMember(member, location));
    const missing = await checkExternalData(facts, member, subject.tree);
    found.push(...missing.map((problem) => ({ member, problem })));
  }
  for (const member of candidates.filter(isShardIndexName)) found.push(...(await findShardProblems(subject, member)));
  const others = candidates.filter((name) => !isHeldToBeWeights(name) && !externalData.has(name));
  for (const member of others) {
    // A pickle under any name runs its code when a handler loads it (CVE-2025-10155); other formats are none by accident.
    const { problems } = await subject.weights(member);
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

export async function serializedMember(subject: Subject): Promise<string | undefined> {
  if (subject.kind === 'weights') {
    const members = await subject.members();
    return members.has(basename(subject.path)) ? basename(subject.path) : members.keys().next().value;
  }
  const reading = await subject.manifest();
  return reading.kind === 'ok' ? reading.manifest.model?.serializedFile : undefined;
}

async function findShardProblems(subject: Subject, member: string): Promise<MemberProblem[]> {
  const source = await subject.tree.open(member);
  try {
    const { index, problems } = await readShardIndex(source);
    const missing = index ? await checkShards(index, member, subject.tree) : [];
    return [...problems, ...missing].map((problem) => ({ member, problem }));
  } finally {
    await source.close();
  }
}
