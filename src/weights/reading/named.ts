import { Malformed } from '../../core/documents/malformed.ts';
import type { WeightsFacts } from './facts.ts';
import { Problems } from './problem.ts';
import type { WeightsReading } from './reading.ts';

/** Formats of other tools by the names people know them by. */
export const formatNames = {
  gguf: 'GGUF',
  hdf5: 'HDF5',
  tflite: 'TensorFlow Lite',
  executorch: 'ExecuTorch',
  'saved-model': 'TensorFlow SavedModel',
  'tensorflow-graph': 'TensorFlow GraphDef',
  coreml: 'Core ML',
  openvino: 'OpenVINO',
  xgboost: 'XGBoost',
  lightgbm: 'LightGBM',
  nemo: 'NeMo',
  keras: 'Keras',
  skops: 'skops',
  'torch-export': 'torch.export program',
} as const;

export type NamedFormat = keyof typeof formatNames;

/**
 * Facts of a format that no server here runs by itself: `read` gives them, or throws Malformed for what its own library could not
 * load either.
 */
export async function readNamed(
  format: NamedFormat,
  read: (problems: Problems) => Promise<WeightsFacts | undefined>,
): Promise<WeightsReading> {
  const problems = new Problems();
  try {
    const facts = await read(problems);
    return { facts, detected: formatNames[format], problems: problems.list() };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    problems.add(
      'weights/malformed',
      `The file starts like ${formatNames[format]}, but is not valid: ${error.message}.`,
      {
        offset: error.offset,
      },
    );
    return { facts: undefined, detected: formatNames[format], problems: problems.list() };
  }
}

/** Elements of a shape whose sizes are all numbers. */
export function countElementsOf(shape: readonly (number | string | null)[]): number {
  return shape.reduce<number>((product, size) => product * Number(size), 1);
}
