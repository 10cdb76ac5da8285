import { dag, testWorkflowRule } from '../../workflow-cases.ts';

testWorkflowRule('workflow/graph', [
  ['a self loop', 'error', dag('  a: [a]\n'), 'Self loop exception'],
  ['an edge twice', 'error', dag('  a: [b, b]\n'), 'loop exception'],
  ['two starts', 'error', dag('  a: [c]\n  b: [c]\n'), 'only one start node'],
  ['no node', 'error', dag('  {}\n'), 'only one start node'],
  ['a circle behind the start', 'error', dag('  a: [b]\n  b: [c]\n  c: [b]\n'), 'Not a valid DAG'],
  ['branches that join', 'none', dag('  a: [b, c]\n  b: [c]\n')],
]);
