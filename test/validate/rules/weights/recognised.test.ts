import { describe, expect, it } from 'vitest';
import { judgeWeights, weightsCases } from '../../weights-cases.ts';

describe('weights/recognised', () => {
  it.each(weightsCases.filter(({ rule }) => rule === 'weights/recognised'))('speaks of $about', async ({ files }) => {
    expect(await judgeWeights(files)).toEqual(['weights/recognised']);
  });

  it('is silent about weights in a format that is read', async () => {
    const good = weightsCases.find(({ rule }) => rule === 'none');
    expect(await judgeWeights(good?.files ?? {})).toEqual([]);
  });
});
