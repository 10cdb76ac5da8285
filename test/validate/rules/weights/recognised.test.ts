import { describe, expect, it } from 'vitest';
import { judgeWeights, weightsCases } from '../../weights-cases.ts';

describe('weights/recognised', () => {
  it.each(weightsCases.filter(({ rule }) => rule === 'weights/recognised'))('reports $about', async ({ files }) => {
    expect(await judgeWeights(files)).toEqual(['weights/recognised']);
  });

  it('does not report weights in a format that is read', async () => {
    const good = weightsCases.find(({ rule }) => rule === 'none');
    expect(await judgeWeights(good?.files ?? {})).toEqual([]);
  });
});
