import { describe, expect, it } from 'vitest';
import { factsOf, type RecordedSignature, type RecordedTensor, recorded } from '../recorded.ts';

interface RecordedTflite extends RecordedSignature {
  readonly version: number;
  readonly description: string;
  readonly operators: Readonly<Record<string, number>>;
  readonly tensors: readonly RecordedTensor[];
  readonly metadata: readonly string[];
}

describe('TensorFlow Lite facts equal what its schema reports', () => {
  it.each(recorded<RecordedTflite>('tflite'))('%s', async (file, expected) => {
    const { format, subgraphs, customOperators, parameters, ...facts } = await factsOf(file, 'tflite');
    expect(facts).toEqual(expected);
    expect(customOperators).toEqual([]);
    expect(parameters).toBeGreaterThanOrEqual(12);
  });
});
