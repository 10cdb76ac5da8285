/** Which of the weights of a Hugging Face model are packed: one graph, or one checkpoint. */
import { WEIGHTS_NAME } from '../../../../weights/weights-name.ts';
import type { ArtefactFiles } from '../../common/files.ts';

/** Where exports lie: Optimum's at the top or in `onnx`, the smaller variants last. */
const graphNames = ['model.onnx', 'model_optimized.onnx', 'model_fp16.onnx', 'model_quantized.onnx'];
const graphPaths = [...graphNames, ...graphNames.map((name) => `onnx/${name}`)];

/** In transformers' own order. */
const checkpoints = [
  'model.safetensors',
  'model.safetensors.index.json',
  'pytorch_model.bin',
  'pytorch_model.bin.index.json',
  'adapter_model.safetensors',
  'adapter_model.bin',
];

/** The one ONNX graph that is the whole model; undefined for an encoder and a decoder apart. */
export function findGraph(files: ArtefactFiles): string | undefined {
  const known = graphPaths.find((path) => files.has(path));
  if (known !== undefined) return known;
  const graphs = files.paths.filter((path) => /^(?:onnx\/)?[^/]+\.onnx$/.test(path));
  return graphs.length === 1 ? graphs[0] : undefined;
}

export function findCheckpoint(files: ArtefactFiles): string | undefined {
  return checkpoints.find((path) => files.has(path));
}

/** Every file of weights, of whatever framework. */
export function listWeights(files: ArtefactFiles): string[] {
  return files.paths.filter((path) => isWeights(path) && !path.endsWith('training_args.bin'));
}

export function isWeights(path: string): boolean {
  return WEIGHTS_NAME.test(path) || /\.(msgpack|ot|bin|onnx_data|xml|mlpackage|data)$/.test(path);
}
