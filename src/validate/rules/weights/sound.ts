import { type WeightsRule, weightsRules } from '../../../weights/index.ts';
import { defineRule, type Rule } from '../../rule.ts';

/** One rule for each problem that the readers of weights know. */
export const soundWeightsRules: readonly Rule[] = Object.entries(weightsRules).map(([id, { severity, title, help }]) =>
  defineRule({
    // The keys of the record are the ids.
    id: id as WeightsRule,
    severity,
    title,
    help,
    async check(subject) {
      const problems = await subject.weightsProblems();
      return problems
        .filter(({ problem }) => problem.code === id)
        .map(({ member, problem: { message, offset, hint } }) => ({
          message,
          at: { member, ...(offset === undefined ? {} : { offset }) },
          ...(hint === undefined ? {} : { hint }),
        }));
    },
  }),
);
