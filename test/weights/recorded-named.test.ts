import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFile } from '../../src/core/byte-source.ts';
import { readWeights } from '../../src/weights/index.ts';
import type { GgufFacts, WeightsFacts } from '../../src/weights/reading/facts.ts';

/** Facts equal what each format's own library reported of the same files; `record_named.py` beside the fixtures asked them. */
const folder = new URL('../fixtures/weights/', import.meta.url);

function recorded<T>(name: string): [string, T][] {
  const text = readFileSync(new URL(`recorded-${name}.json`, folder), 'utf8');
  return Object.entries((JSON.parse(text) as { files: Record<string, T> }).files);
}

async function factsOf<F extends WeightsFacts['format']>(
  file: string,
  format: F,
): Promise<Extract<WeightsFacts, { format: F }>> {
  const source = await openFile(new URL(file, folder).pathname);
  try {
    const { facts, problems } = await readWeights(source, basename(file));
    expect(problems).toEqual([]);
    if (facts?.format !== format) throw new Error(`${facts?.format} is not ${format}`);
    return facts as Extract<WeightsFacts, { format: F }>; // its format was compared
  } finally {
    await source.close();
  }
}

interface RecordedTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly elements: number;
}

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
