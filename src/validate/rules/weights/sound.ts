import { keysOf } from '../../../core/names/known-words.ts';
import { weightsRules } from '../../../weights/index.ts';
import { defineRule, type Rule } from '../../rule.ts';
import type { Subject } from '../../subject.ts';

/** One rule for each problem that the readers of weights know. */
export const soundWeightsRules: readonly Rule[] = keysOf(weightsRules)
  .map((id) => ({ id, ...weightsRules[id] }))
  .map(({ id, severity, title, help }) =>
    defineRule({
      id,
      severity,
      title,
      help,
      async check(subject) {
        const problems = await subject.weightsProblems();
        const isMilder = severity === 'error' && (await isOnlyAWarning(id, subject));
        return problems
          .filter(({ problem }) => problem.rule === id)
          .map(({ member, problem: { message, at, hint } }) => ({
            message,
            ...(isMilder && { severity: 'warning' as const }),
            at: { member, ...at },
            ...(hint === undefined ? {} : { hint }),
          }));
      },
    }),
  );

/** Where an error of an archive is not certain to be one. */
async function isOnlyAWarning(id: string, subject: Subject): Promise<boolean> {
  // A model by itself may lie elsewhere than where it is served from; in an archive its files must be.
  if (id === 'weights/onnx-external-missing') return subject.kind === 'weights';
  // A handler of one's own may well read a file in no format of weights.
  return isAboutFormat(id) && (await hasOwnHandler(subject));
}

function isAboutFormat(id: string): boolean {
  return ['weights/empty', 'weights/not-weights', 'weights/unsupported-format'].includes(id);
}

async function hasOwnHandler(subject: Subject): Promise<boolean> {
  const { kind } = await subject.handler();
  return kind === 'python' || kind === 'module';
}
