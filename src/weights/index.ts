import type { ByteSource } from '../core/byte-source.ts';
import { detect } from './detect.ts';
import { readOnnx } from './onnx/read.ts';
import type { WeightsProblem } from './problem.ts';
import type { WeightsReading } from './reading.ts';
import { readSafetensors } from './safetensors/read.ts';

export { checkExternalData, externalMember } from './onnx/external-data.ts';
export type { WeightsProblem } from './problem.ts';
export type { WeightsReading } from './reading.ts';
export { type WeightsRule, weightsRules } from './rules.ts';
export { checkShards, isShardIndexName, readShardIndex, type ShardIndex } from './safetensors/shard-index.ts';

/**
 * Reads a weights file of any format as data: nothing in it is executed. The format is found by content; `name` only
 * settles formats that have no mark of their own.
 */
export async function readWeights(source: ByteSource, name: string): Promise<WeightsReading> {
  const found = await detect(source, name);
  switch (found.kind) {
    case 'onnx':
      return readOnnx(source);
    case 'safetensors':
      return readSafetensors(source);
    case 'empty':
      return refused(undefined, { code: 'weights/empty', message: `${name} is empty.` });
    case 'not-weights':
      return refused(found.name, {
        code: 'weights/not-weights',
        message: `${name} is no weights file but a ${found.name}.`,
        ...(found.hint ? { hint: found.hint } : {}),
      });
    case 'unsupported':
      return refused(found.name, {
        code: 'weights/unsupported-format',
        message: `${name} is a ${found.name}.`,
        hint: found.hint,
      });
    case 'unread':
      return refused(found.name, {
        code: 'weights/unknown-format',
        message: `${name} is in the ${found.name} format, which is not read.`,
      });
    case 'unknown':
      return refused(undefined, { code: 'weights/unknown-format', message: `The format of ${name} is not known.` });
  }
}

function refused(detected: string | undefined, problem: WeightsProblem): WeightsReading {
  return { facts: undefined, detected, problems: [problem] };
}
