import { keysOf } from '../../../core/names/known-words.ts';
import { weightsRules } from '../../../weights/index.ts';
import { defineRule, type Rule } from '../../rule.ts';
import type { Subject } from '../../subject.ts';

/** One rule for each kind of problem that the weights readers report. */
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

/** Cases where an error of an archive is not certain. */
async function isOnlyAWarning(id: string, subject: Subject): Promise<boolean> {
  // A single model may be stored elsewhere than it is served; in an archive its files must exist.
  if (id === 'weights/onnx-external-missing' || id === 'weights/openvino-constants-missing')
    return subject.kind === 'weights';
  // A custom handler may read a file in an unknown format.
  return isAboutFormat(id) && (await hasOwnHandler(subject));
}

function isAboutFormat(id: string): boolean {
  return ['weights/empty', 'weights/not-weights', 'weights/unsupported-format'].includes(id);
}

async function hasOwnHandler(subject: Subject): Promise<boolean> {
  const { kind } = await subject.handler();
  return kind === 'python' || kind === 'module';
}
