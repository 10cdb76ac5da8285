import type { WorkflowNode } from '../../model/workflow/workflow-graph.ts';
import type { NodeSettings, WorkflowSpec } from '../../model/workflow/workflow-spec.ts';
import type { NodeTimeouts } from './register-nodes.ts';

export interface WorkflowRequest extends NodeTimeouts {
  /** The archive or folder on disk. */
  readonly path: string;
  readonly url: string;
  /** Wins over the manifest's. */
  readonly name?: string | undefined;
  /** Fetched into the store for this registration. */
  readonly fetched?: boolean;
  /** Restored from a snapshot. */
  readonly restored?: boolean;
}

/** A registered workflow. Its nodes are models of the service, named by {@link nodeModelName}. */
export interface Workflow {
  readonly name: string;
  /** As the client named it: a file of the store, or a path. */
  readonly url: string;
  /** The request that registered it. */
  readonly request: WorkflowRequest;
  /** Of the archive as it was read. */
  readonly fingerprint: string | undefined;
  readonly spec: WorkflowSpec;
  /** In topological order. */
  readonly nodes: readonly WorkflowNode[];
  /** A fetched archive, removed with the workflow. */
  readonly fetchedFile: string | undefined;
  /** In-flight requests. */
  readonly running: Set<Promise<unknown>>;
}

export interface WorkflowDescription {
  readonly name: string;
  readonly url: string;
  readonly globals: NodeSettings;
  /** The graph in the words of the describe answer. */
  readonly dag: string;
}

export function describeWorkflow({ name, url, spec }: Workflow): WorkflowDescription {
  return { name, url, globals: spec.globals, dag: formatDag(spec.edges) };
}

/** As Java prints a map of lists: `{first=[a, b], a=[], b=[]}` (contract 3.6). */
function formatDag(edges: WorkflowSpec['edges']): string {
  return `{${[...edges].map(([node, next]) => `${node}=[${next.join(', ')}]`).join(', ')}}`;
}
