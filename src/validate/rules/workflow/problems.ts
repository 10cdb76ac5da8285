import type { WorkflowProblem } from '../../../model/workflow/read-workflow.ts';
import type { Observation } from '../../rule.ts';
import type { Subject } from '../../subject.ts';

/** What was found while one part of a workflow was read, each with the same advice. */
export async function problemsOf(
  subject: Subject,
  part: WorkflowProblem['part'],
  hint: string,
): Promise<readonly Observation[]> {
  const { problems } = await subject.workflow();
  return problems
    .filter((problem) => problem.part === part)
    .map(({ message, detail, at }) => ({
      message: detail === undefined ? message : `${message.replace(/\.$/, '')}: ${detail}.`,
      at,
      hint,
    }));
}
