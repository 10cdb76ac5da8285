import { describe, expect, it } from 'vitest';
import { factsOf, type RecordedSignature, recorded } from '../recorded.ts';

interface RecordedCoreml extends RecordedSignature {
  readonly specificationVersion: number;
  readonly type: string;
  readonly description: string;
}

describe('Core ML facts equal what coremltools reports', () => {
  it.each(recorded<RecordedCoreml>('coreml'))('%s', async (file, expected) => {
    const { specificationVersion, type, description, inputs, outputs } = await factsOf(file, 'coreml');
    expect({ specificationVersion, type, description, inputs, outputs }).toEqual(expected);
  });
});
