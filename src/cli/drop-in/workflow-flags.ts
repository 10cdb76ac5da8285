import type { ArgparseFlag } from './argparse.ts';

/** torch-workflow-archiver's flags in its own order, then ours. */
export const workflowFlags: readonly ArgparseFlag[] = [
  {
    name: 'workflow-name',
    value: 'WORKFLOW_NAME',
    required: true,
    help: 'name of the workflow; the archive is called WORKFLOW_NAME.war',
  },
  { name: 'spec-file', value: 'SPEC_FILE', required: true, help: 'YAML file with the models and the graph' },
  {
    name: 'handler',
    value: 'HANDLER',
    help: 'Python or TypeScript file with the functions that are nodes of the graph',
  },
  { name: 'export-path', value: 'EXPORT_PATH', help: 'folder the archive is written to (default: .)' },
  { name: 'force', short: 'f', help: 'overwrite what is there' },
  { name: 'extra-files', value: 'EXTRA_FILES', help: 'comma-separated files, put at the root of the archive' },
  { name: 'quiet', ours: true, help: 'no warnings and no summary; errors only' },
];
