import type { ByteSource } from '../../core/byte-source.ts';
import type { FileTree } from '../../core/file-tree.ts';
import { readWeights } from '../../weights/index.ts';
import type { InspectResult } from './result.ts';

type InspectedWeights = InspectResult['weights'][number];

const WEIGHTS_FILE = /\.(onnx|pt|pth|safetensors|ckpt)$/i;
const ARCHIVE_FILE = /\.(mar|war|zip|tar\.gz|tgz)$/i;
/** Weights files read of one archive; the most shards seen in one was 191, and the manifest's own file comes first. */
const MOST_WEIGHTS = 256;

/** Facts about the manifest's serialized file, then about every other file that is named like weights. */
export async function describeWeights(
  tree: FileTree,
  members: readonly string[],
  serializedFile: string | undefined,
): Promise<InspectedWeights[]> {
  const named = members.filter((member) => member === serializedFile || WEIGHTS_FILE.test(member));
  const first = named.filter((member) => member === serializedFile);
  const rest = named.filter((member) => member !== serializedFile);
  const weights: InspectedWeights[] = [];
  for (const member of [...first, ...rest].slice(0, MOST_WEIGHTS)) {
    const source = await tree.open(member);
    try {
      weights.push(await describeOne(source, member));
    } finally {
      await source.close();
    }
  }
  return weights;
}

async function describeOne(source: ByteSource, member: string): Promise<InspectedWeights> {
  const { facts, detected, problems } = await readWeights(source, member);
  return {
    member,
    ...(detected === undefined ? {} : { detected }),
    ...(facts === undefined ? {} : { facts }),
    problems: problems.map(({ code, message }) => ({ rule: code, message })),
  };
}

/** A file that is weights and no archive, as a result of its own; undefined for everything else. */
export async function describeBareWeights(source: ByteSource, name: string): Promise<InspectResult | undefined> {
  if (ARCHIVE_FILE.test(name)) return undefined;
  const weights = await describeOne(source, name);
  if (weights.facts === undefined && !WEIGHTS_FILE.test(name)) return undefined;
  return {
    schemaVersion: 1,
    path: source.label,
    format: 'file',
    size: source.size,
    manifest: { status: 'missing' },
    files: [{ path: name, size: source.size }],
    weights: [weights],
    ...(weights.facts === undefined ? {} : { parameters: weights.facts.parameters }),
    handler: { kind: 'none' },
    runs: [],
    findings: [],
  };
}
