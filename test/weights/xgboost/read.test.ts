import { describe, expect, it } from 'vitest';
import { factsOf, recorded } from '../recorded.ts';

interface RecordedXgboost {
  readonly objective: string;
  readonly booster: string;
  readonly features: number;
  readonly classes: number;
  readonly trees: number | null;
}

describe('XGBoost facts equal what xgboost reports', () => {
  it.each(recorded<RecordedXgboost>('xgboost'))('%s', async (file, expected) => {
    const { objective, booster, features, classes, trees = null } = await factsOf(file, 'xgboost');
    const { objective: o, booster: b, features: f, classes: c, trees: t } = expected;
    expect([objective, booster, features, classes, trees]).toEqual([o, b, f, c, t]);
  });
});
