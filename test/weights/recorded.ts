import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect } from 'vitest';
import { openFile } from '../../src/core/byte-source.ts';
import { readWeights } from '../../src/weights/index.ts';
import type { WeightsFacts } from '../../src/weights/reading/facts.ts';

/** Facts equal what each format's own library reported of the same files; `record_named.py` beside the fixtures asked them. */
const folder = new URL('../fixtures/weights/', import.meta.url);

export function recorded<T>(name: string): [string, T][] {
  const text = readFileSync(new URL(`recorded-${name}.json`, folder), 'utf8');
  return Object.entries((JSON.parse(text) as { files: Record<string, T> }).files);
}

export async function factsOf<F extends WeightsFacts['format']>(
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

export interface RecordedTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly elements: number;
}

export interface RecordedSignature {
  readonly inputs: readonly RecordedTensor[];
  readonly outputs: readonly RecordedTensor[];
}
