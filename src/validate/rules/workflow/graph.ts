import { defineRule } from '../../rule.ts';
import { problemsOf } from '../../workflow-problems.ts';

export const workflowGraph = defineRule({
  id: 'workflow/graph',
  severity: 'error',
  title: 'The graph has one first node and no cycle',
  help: 'A request enters at the only node without a node before it, and each node runs after all nodes before it: no node may come after itself, no edge may occur twice, and the graph must have no cycle. The messages are those of TorchServe.',
  check: (subject) => problemsOf(subject, 'workflow/graph', 'See the graph with: mar inspect'),
});
