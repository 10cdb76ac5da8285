import { z } from 'zod';
import { definedOnly } from '../../core/documents/defined-only.ts';

/** WAR-INF/MANIFEST.json (contract 1.7). */
export const workflowManifestSchema = z.looseObject({
  createdOn: z.string().optional(),
  archiverVersion: z.string().optional(),
  workflow: z
    .looseObject({
      workflowName: z.string().optional(),
      specFile: z.string().optional(),
      handler: z.string().optional(),
    })
    .optional(),
});
export type WorkflowManifest = z.infer<typeof workflowManifestSchema>;

/** The workflow archiver version whose manifest form we write. */
export const UPSTREAM_WORKFLOW_ARCHIVER_VERSION = '0.2.15';

export interface WorkflowManifestFields {
  readonly createdOn: string;
  readonly workflowName: string;
  readonly specFile: string;
  readonly handler: string | undefined;
}

/** A new manifest in upstream's key order, without `handler` if there is none. */
export function createWorkflowManifest({ createdOn, ...names }: WorkflowManifestFields): WorkflowManifest {
  const { workflowName, specFile, handler } = names;
  return {
    createdOn,
    workflow: definedOnly({ workflowName, specFile, handler }),
    archiverVersion: UPSTREAM_WORKFLOW_ARCHIVER_VERSION,
  };
}
