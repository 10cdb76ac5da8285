import { type WeightsRule, weightsRules } from '../../../weights/index.ts';
import { defineRule, type Rule } from '../../rule.ts';
import type { Subject } from '../../subject.ts';

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
      const own = severity === 'error' && isAboutFormat(id) && (await hasOwnHandler(subject));
      return problems
        .filter(({ problem }) => problem.code === id)
        .map(({ member, problem: { message, offset, hint } }) => ({
          message,
          ...(own && { severity: 'warning' as const }),
          at: { member, ...(offset === undefined ? {} : { offset }) },
          ...(hint === undefined ? {} : { hint }),
        }));
    },
  }),
);

/** Rules that say a file is in no format of weights; a handler of its own may well read such a file. */
function isAboutFormat(id: string): boolean {
  return ['weights/empty', 'weights/not-weights', 'weights/unsupported-format'].includes(id);
}

async function hasOwnHandler(subject: Subject): Promise<boolean> {
  const { kind } = await subject.handler();
  return kind === 'python' || kind === 'module';
}
