import { expect, test } from 'vitest';
import { createWorkflowManifest, workflowManifestSchema } from '../../../src/model/documents/workflow-manifest.ts';

test('a manifest has upstream’s key order, and names no handler if there is none', () => {
  const fields = { createdOn: '01/01/2026', workflowName: 'wf', specFile: 'wf.yaml', handler: undefined };
  const manifest = createWorkflowManifest(fields);
  expect(JSON.stringify(manifest)).toBe(
    '{"createdOn":"01/01/2026","workflow":{"workflowName":"wf","specFile":"wf.yaml"},"archiverVersion":"0.2.15"}',
  );
  expect(workflowManifestSchema.parse(manifest)).toEqual(manifest);
});
