import { describe, expect, it } from 'vitest';
import { factsOf, recorded } from '../recorded.ts';

interface RecordedSkops {
  readonly protocol: number;
  readonly skops: string;
  readonly class: string;
  readonly untrusted: readonly string[];
  readonly tensors: readonly { readonly dtype: string; readonly shape: readonly number[] }[];
}

describe('skops facts equal what skops reports', () => {
  it.each(recorded<RecordedSkops>('skops').filter(([file]) => !file.includes('function')))(
    '%s',
    async (file, expected) => {
      const facts = await factsOf(file, 'skops');
      expect(facts).toMatchObject({ protocol: expected.protocol, version: expected.skops, class: expected.class });
      expect(facts.types).toEqual(expect.arrayContaining([...expected.untrusted]));
      const sorted = (tensors: RecordedSkops['tensors']) =>
        tensors.map(({ dtype, shape }) => `${dtype} ${shape.join('x')}`).sort();
      expect(sorted(facts.tensors.map(({ dtype, shape }) => ({ dtype, shape: shape.map(Number) })))).toEqual(
        sorted(expected.tensors),
      );
    },
  );
});
