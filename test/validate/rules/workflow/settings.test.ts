import { models, testWorkflowRule } from '../../workflow-cases.ts';

const everySetting =
  'min-workers: 1, max-workers: 2, batch-size: 4, max-batch-delay: 10, retry-attempts: 0, timeout-ms: 500';

testWorkflowRule('workflow/settings', [
  ['a misspelt setting', 'warning', models('  m1: { url: m.mar, batchsize: 4 }\n'), 'Did you mean batch-size'],
  [
    'more workers at least than at most',
    'warning',
    models('  m1: { url: m.mar, min-workers: 3 }\n'),
    'above max-workers 1',
  ],
  ['every known setting', 'none', models(`  m1: { url: m.mar, ${everySetting} }\n`)],
]);
