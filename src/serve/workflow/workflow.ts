import type { WorkflowNode } from '../../model/workflow/workflow-graph.ts';
import type { NodeSettings, WorkflowSpec } from '../../model/workflow/workflow-spec.ts';
import type { NodeTimeouts } from './register-nodes.ts';

export interface WorkflowRequest extends NodeTimeouts {
  /** The archive or folder on disk. */
  readonly path: string;
  readonly url: string;
  /** Wins over the manifest's. */
  readonly name?: string | undefined;
  /** It was put into the store for this registration. */
  readonly fetched?: boolean;
  /** It was served before, by a server that is no more. */
  readonly restored?: boolean;
}

/** A registered workflow. Its nodes are models of the service, named by {@link nodeModelName}. */
export interface Workflow {
  readonly name: string;
  /** As it was asked for: a file name of the store, or a path. */
  readonly url: string;
  /** What brought it here. */
  readonly request: WorkflowRequest;
  /** Of the archive as it was read. */
  readonly fingerprint: string | undefined;
  readonly spec: WorkflowSpec;
  /** Each after all its parents. */
  readonly nodes: readonly WorkflowNode[];
  /** An archive that was put into the store for this registration; it goes when the workflow does. */
  readonly fetchedFile: string | undefined;
  /** Requests under way. */
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
