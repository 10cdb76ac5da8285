import { expect, test } from 'vitest';
import { problemsOf } from '../../src/validate/workflow-problems.ts';

type Subject = Parameters<typeof problemsOf>[0];
const problem = (rule: string, detail?: string) => ({ rule, message: 'It is bad.', detail, at: { member: 'wf.yaml' } });

test('the problems of one rule are reported with their details and its hint', async () => {
  const problems = [problem('workflow/graph'), problem('workflow/spec'), problem('workflow/graph', 'a comes after a')];
  const subject = { workflow: async () => ({ problems }) } as unknown as Subject;
  expect(await problemsOf(subject, 'workflow/graph', 'Look.')).toEqual([
    { message: 'It is bad.', at: { member: 'wf.yaml' }, hint: 'Look.' },
    { message: 'It is bad: a comes after a.', at: { member: 'wf.yaml' }, hint: 'Look.' },
  ]);
});
