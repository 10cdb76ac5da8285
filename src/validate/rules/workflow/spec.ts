import { defineRule } from '../../rule.ts';
import { problemsOf } from '../../workflow-problems.ts';

export const workflowSpec = defineRule({
  id: 'workflow/spec',
  severity: 'error',
  title: 'The specification can be read',
  help: 'The file the manifest calls specFile is YAML with two mappings: models (name to url and settings, and settings for all models after them) and dag (node to the list of nodes after it). TorchServe answers a wrong type or a missing part with a Java exception when the workflow is registered.',
  check: (subject) => problemsOf(subject, 'workflow/spec', 'Correct the specification and pack the workflow again.'),
});
