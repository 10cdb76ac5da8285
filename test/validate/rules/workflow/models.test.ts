import { models, sound, testWorkflowRule } from '../../workflow-cases.ts';

testWorkflowRule('workflow/models', [
  ['a model without a url', 'error', models('  m1: {}\n'), 'has no url'],
  ['a model that is not a node', 'warning', models('  m1: { url: m.mar }\n  m2: { url: m.mar }\n'), 'm2 is not a node'],
  ['a model with a url', 'none', sound],
]);
