import type { FileTree } from '../core/file-tree.ts';
import { isShardIndexName, readWeights, type WeightsReading } from '../weights/index.ts';
import { WEIGHTS_NAME } from '../weights/weights-name.ts';
import type { ModelFacts } from './facts.ts';

/** A name that holds weights; `._m.onnx` is what macOS keeps beside the file (AppleDouble). */
function isWeightsName(member: string): boolean {
  return WEIGHTS_NAME.test(member) && !/(^|\/)\._/.test(member);
}

export async function findWeightsMembers(facts: ModelFacts): Promise<readonly string[]> {
  const serialized = await facts.serializedFile();
  const members = [...(await facts.members()).keys()];
  // A shard index describes other members; it contains no weights.
  const first = members.filter((member) => member === serialized && !isShardIndexName(member));
  return [...first, ...members.filter((member) => member !== serialized && isWeightsName(member))];
}

export async function readMemberWeights(tree: FileTree, member: string): Promise<WeightsReading> {
  const source = await tree.open(member);
  try {
    return await readWeights(source, member);
  } finally {
    await source.close();
  }
}
