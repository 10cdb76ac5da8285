import type { WorkflowProblem } from '../model/workflow/read-workflow.ts';
import type { Observation } from './rule.ts';
import type { Subject } from './subject.ts';

/** The problems of a workflow under one rule, each with the same hint. */
export async function problemsOf(
  subject: Subject,
  rule: WorkflowProblem['rule'],
  hint: string,
): Promise<readonly Observation[]> {
  const { problems } = await subject.workflow();
  return problems
    .filter((problem) => problem.rule === rule)
    .map(({ message, detail, at }) => ({
      message: detail === undefined ? message : `${message.replace(/\.$/, '')}: ${detail}.`,
      at,
      hint,
    }));
}
