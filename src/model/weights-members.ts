import type { FileTree } from '../core/file-tree.ts';
import { isShardIndexName, readWeights, type WeightsReading } from '../weights/index.ts';
import type { ModelFacts } from './facts.ts';

/** Members by these names are held to be weights; everything else only must not be a pickle that runs code. */
export const WEIGHTS_NAME =
  /\.(onnx|safetensors|pt|pth|ckpt|pkl|pickle|npy|npz|joblib|gguf|h5|hdf5|tflite|pte|mlmodel|keras|skops|pt2|ubj|nemo)$/i;

/** A name that holds weights; `._m.onnx` is what macOS keeps beside the file (AppleDouble). */
function isWeightsName(member: string): boolean {
  return WEIGHTS_NAME.test(member) && !/(^|\/)\._/.test(member);
}

export async function findWeightsMembers(facts: ModelFacts): Promise<readonly string[]> {
  const serialized = await facts.serializedFile();
  const members = [...(await facts.members()).keys()];
  // What a shard index says is about other members; it holds no weights.
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
