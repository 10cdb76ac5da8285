import { describe, expect, it } from 'vitest';
import { factsOf, type RecordedSignature, recorded } from '../recorded.ts';

interface RecordedTensorflow {
  readonly schema?: number;
  readonly graphs?: readonly {
    readonly tags: readonly string[];
    readonly tensorflow: string;
    readonly signatures: Readonly<Record<string, RecordedSignature>>;
  }[];
  readonly operators?: Readonly<Record<string, number>>;
}

describe('TensorFlow facts equal what tensorflow reports', () => {
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);

  it.each(recorded<RecordedTensorflow>('tensorflow'))('%s', async (file, { schema, graphs = [], operators }) => {
    if (operators !== undefined) return expect((await factsOf(file, 'tensorflow-graph')).operators).toEqual(operators);
    const facts = await factsOf(file, 'saved-model');
    expect(facts.schema).toBe(schema);
    const found = facts.graphs.map(({ tags, version, signatures }) => ({
      tags,
      tensorflow: version,
      signatures: Object.fromEntries(
        signatures.map(({ name, inputs, outputs }) => [
          name,
          { inputs: [...inputs].sort(byName), outputs: [...outputs].sort(byName) },
        ]),
      ),
    }));
    // A port without a type has no shape either.
    expect(JSON.parse(JSON.stringify(found).replaceAll(',"unranked":true', ''))).toEqual(graphs);
  });
});
