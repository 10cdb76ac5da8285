import { describe, expect, it } from 'vitest';
import { factsOf, type RecordedTensor, recorded } from '../recorded.ts';

interface RecordedExport {
  readonly archiveVersion: string;
  readonly schema: { readonly major: number; readonly minor: number };
  readonly torch: string;
  readonly tensors: readonly RecordedTensor[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

describe('torch.export facts equal what torch reports', () => {
  it.each(recorded<RecordedExport>('torch-export'))('%s', async (file, expected) => {
    const { archiveVersion, schema, torch, tensors, inputs, outputs } = await factsOf(file, 'torch-export');
    expect({ archiveVersion, schema, torch, tensors, inputs, outputs }).toEqual(expected);
  });
});
