import type { ModelFacts } from '../../model/facts.ts';
import { promisesWeights } from '../../weights/weights-name.ts';
import type { InspectResult } from './result.ts';

type InspectedWeights = InspectResult['weights'][number];

/** Most weights files that are read, the manifest's own first. The most shards seen in an archive were 191. */
const MOST_WEIGHTS = 256;

/** Facts about the manifest's serializedFile, then about every other file with a name of weights. */
export async function describeWeights(facts: ModelFacts): Promise<InspectedWeights[]> {
  const members = (await facts.weightsMembers()).slice(0, MOST_WEIGHTS);
  const weights: InspectedWeights[] = [];
  for (const member of members) weights.push(await describeMember(facts, member));
  return weights;
}

async function describeMember(facts: ModelFacts, member: string): Promise<InspectedWeights> {
  const { facts: read, detected, problems } = await facts.weights(member);
  return {
    member,
    ...(detected === undefined ? {} : { detected }),
    ...(read === undefined ? {} : { facts: read }),
    problems: problems.map(({ rule, message }) => ({ rule, message })),
  };
}

/** A weights file without an archive; undefined if neither content nor name is that of weights. */
export async function describeWeightsFile(facts: ModelFacts, path: string): Promise<InspectResult | undefined> {
  const member = await facts.serializedFile();
  const entry = member === undefined ? undefined : (await facts.members()).get(member);
  if (entry === undefined) return undefined;
  const weights = await describeMember(facts, entry.path);
  if (weights.facts === undefined && !promisesWeights(path)) return undefined;
  return {
    schemaVersion: 1,
    path,
    format: 'file',
    size: entry.size,
    manifest: { status: 'missing' },
    files: [{ path: entry.path, size: entry.size }],
    weights: [weights],
    ...(weights.facts?.parameters === undefined ? {} : { parameters: weights.facts.parameters }),
    handler: { kind: 'none' },
    runs: [],
    findings: [],
  };
}
