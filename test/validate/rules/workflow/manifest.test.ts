import { sound, testWorkflowRule, withManifest } from '../../workflow-cases.ts';

testWorkflowRule('workflow/manifest', [
  ['no manifest', 'error', { ...sound, manifest: undefined }, 'Missing Workflow entry'],
  ['no workflow', 'error', withManifest({ workflow: undefined }), 'Missing Workflow entry'],
  ['no name', 'error', withManifest({ workflow: {} }), 'Workflow name is not defined'],
  ['no archiver version', 'error', withManifest({ archiverVersion: undefined }), 'Workflow archive version'],
  ['no creation date', 'error', withManifest({ createdOn: undefined }), 'createdOn is not defined'],
  ['a number for a name', 'error', withManifest({ workflow: { workflowName: 7 } }), 'Failed to parse signature'],
  ['upstream’s manifest', 'none', sound],
]);
