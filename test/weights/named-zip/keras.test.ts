import { describe, expect, it } from 'vitest';
import { factsOf, recorded } from '../recorded.ts';

interface RecordedKeras {
  readonly version: string;
  readonly class: string;
  readonly name: string;
  readonly layers: readonly string[];
  readonly parameters: number;
}

describe('Keras facts equal what keras reports', () => {
  it.each(recorded<RecordedKeras>('keras').filter(([file]) => !file.includes('lambda')))(
    '%s',
    async (file, { layers, ...expected }) => {
      const { version, class: type, name, layers: counts, parameters } = await factsOf(file, 'keras');
      expect({ version, class: type, name, parameters }).toEqual(expected);
      for (const layer of layers) expect(counts[layer]).toBe(layers.filter((other) => other === layer).length);
    },
  );
});
