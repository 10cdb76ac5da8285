import type { ByteSource } from '../core/byte-source.ts';
import { readCoreml } from './coreml/read.ts';
import { readExecutorch } from './executorch/read.ts';
import { readGguf } from './gguf/read.ts';
import { readHdf5 } from './hdf5/read.ts';
import { readLightgbm } from './lightgbm/read.ts';
import { readOpenvino } from './openvino/read.ts';
import type { WeightsReading } from './reading/reading.ts';
import { readSavedModel, readTensorflowGraph } from './tensorflow/read.ts';
import { readTflite } from './tflite/read.ts';
import { readXgboost } from './xgboost/read.ts';

export { readNemo } from './nemo/read.ts';

const readers = {
  gguf: readGguf,
  hdf5: readHdf5,
  tflite: readTflite,
  executorch: readExecutorch,
  'saved-model': readSavedModel,
  'tensorflow-graph': readTensorflowGraph,
  openvino: readOpenvino,
  xgboost: readXgboost,
  lightgbm: readLightgbm,
  coreml: readCoreml,
};

/** A format of another tool. Loaded where one is found: most archives hold none of them. */
export function readNamedFormat(source: ByteSource, kind: keyof typeof readers): Promise<WeightsReading> {
  return readers[kind](source);
}
