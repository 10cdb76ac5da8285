import type { FileTree } from '../core/file-tree.ts';
import { isShardIndexName, readWeights, type WeightsReading } from '../weights/index.ts';
import type { ModelFacts } from './facts.ts';

/** Members by these names are held to be weights; everything else only must not be a pickle that runs code. */
const WEIGHTS_NAME =
  /\.(onnx|safetensors|pt|pth|ckpt|pkl|pickle|npy|npz|joblib|gguf|h5|hdf5|tflite|pte|mlmodel|keras|skops|pt2|ubj|nemo)$/i;

/** Behind the name of a file that is compressed as a whole. */
const PACKED_ENDING = /\.(gz|bz2|xz|lzma|lz4|z)$/i;

/** Whether a file that is given by itself calls itself weights, compressed or not. */
export function promisesWeights(name: string): boolean {
  return WEIGHTS_NAME.test(name.replace(PACKED_ENDING, ''));
}

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
