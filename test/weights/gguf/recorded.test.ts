import { describe, expect, it } from 'vitest';
import type { GgufFacts } from '../../../src/weights/reading/facts.ts';
import { factsOf, type RecordedTensor, recorded } from '../recorded.ts';

describe('GGUF facts equal what gguf reports', () => {
  it.each(recorded<{ version: number; metadata: Record<string, unknown>; tensors: RecordedTensor[] }>('gguf'))(
    '%s',
    async (file, expected) => {
      const facts: GgufFacts = await factsOf(file, 'gguf');
      const shorten = (value: unknown) => (Array.isArray(value) ? value.length : value);
      const lengthOf = (value: GgufFacts['metadata'][string]) => (typeof value === 'object' ? value.length : value);
      const pairs = (metadata: Record<string, unknown>) => Object.entries(metadata).sort();
      expect(facts.version).toBe(expected.version);
      expect(
        pairs(facts.metadata).map(([key, value]) => [key, lengthOf(value as GgufFacts['metadata'][string])]),
      ).toEqual(pairs(expected.metadata).map(([key, value]) => [key, shorten(value)]));
      expect(facts.tensors).toEqual(expected.tensors.map(({ elements, ...tensor }) => tensor));
      expect(facts.parameters).toBe(expected.tensors.reduce((sum, { elements }) => sum + elements, 0));
    },
  );
});
