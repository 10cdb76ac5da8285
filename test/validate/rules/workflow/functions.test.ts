import { functions, module, python, sound, spec, testWorkflowRule, withManifest } from '../../workflow-cases.ts';

testWorkflowRule('workflow/functions', [
  ['a Python function that is not there', 'error', functions(python('pre', 'pots')), 'Did you mean pots'],
  ['an export that is not there', 'error', functions(module('pre')), 'it has no export "post"'],
  [
    'a class for a function',
    'error',
    functions(['wf.py', 'def pre(d, c):\n  pass\nclass post:\n  pass\n']),
    'it is a class',
  ],
  ['no handler', 'error', { spec }, 'The workflow has no handler'],
  [
    'a handler that is not in the archive',
    'error',
    withManifest({ workflow: { workflowName: 'wf', specFile: 'wf.yaml', handler: 'gone.py' } }),
    'gone.py',
  ],
  ['Python functions', 'none', sound],
  ['exported functions', 'none', functions(module('pre', 'post'))],
  ['names that a star import may bring', 'none', functions(['wf.py', 'from steps import *\n'])],
]);
