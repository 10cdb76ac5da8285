import { describe, expect, it } from 'vitest';
import { factsOf, recorded } from '../recorded.ts';

interface RecordedLightgbm {
  readonly trees: number;
  readonly features: number;
  readonly featureNames: readonly string[];
  readonly treesPerIteration: number;
}

describe('LightGBM facts equal what lightgbm reports', () => {
  it.each(recorded<RecordedLightgbm>('lightgbm'))('%s', async (file, expected) => {
    const { trees, features, featureNames, treesPerIteration } = await factsOf(file, 'lightgbm');
    expect({ trees, features, featureNames, treesPerIteration }).toEqual(expected);
  });
});
