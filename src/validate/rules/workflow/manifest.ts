import { defineRule } from '../../rule.ts';
import { problemsOf } from '../../workflow-problems.ts';

export const workflowManifest = defineRule({
  id: 'workflow/manifest',
  severity: 'error',
  title: 'The workflow has a manifest that servers accept',
  help: 'WAR-INF/MANIFEST.json names the workflow, its specification and its handler. TorchServe refuses a workflow without a name, and one without archiverVersion or createdOn. Pack the files with ts-workflow-archiver, which writes it.',
  check: (subject) => problemsOf(subject, 'workflow/manifest', 'Pack the files with ts-workflow-archiver.'),
});
