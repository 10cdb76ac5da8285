import { describe, expect, it } from 'vitest';
import { factsOf, type RecordedSignature, recorded } from '../recorded.ts';

interface RecordedExecutorch {
  readonly identifier: string;
  readonly version: number;
  readonly methods: readonly (RecordedSignature & { readonly name: string; readonly operators: readonly string[] })[];
}

describe('ExecuTorch facts equal what executorch reports', () => {
  it.each(recorded<RecordedExecutorch>('executorch'))('%s', async (file, expected) => {
    const { identifier, version, methods } = await factsOf(file, 'executorch');
    const unnamed = (ports: readonly { dtype: string; shape: unknown }[]) =>
      ports.map(({ dtype, shape }) => ({ dtype, shape }));
    const found = methods.map(({ delegates, inputs, outputs, ...method }) => ({
      ...method,
      inputs: unnamed(inputs),
      outputs: unnamed(outputs),
    }));
    expect({ identifier, version, methods: found }).toEqual(expected);
  });
});
