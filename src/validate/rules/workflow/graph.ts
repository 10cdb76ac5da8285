import { defineRule } from '../../rule.ts';
import { problemsOf } from '../../workflow-problems.ts';

export const workflowGraph = defineRule({
  id: 'workflow/graph',
  severity: 'error',
  title: 'The graph has one start and no circle',
  help: 'Every request enters at the one node that comes after no other, and each node runs when all nodes before it have answered: so no node may come after itself, an edge stands once, and following the edges must end. The messages are those TorchServe refuses the workflow with.',
  check: (subject) => problemsOf(subject, 'workflow/graph', 'See the graph with: mar inspect'),
});
