import type { NodeSettings, WorkflowSpec } from './workflow-spec.ts';

/** One step of a workflow. */
export interface WorkflowNode {
  readonly name: string;
  /** A model of the specification, or a function of the handler file. */
  readonly kind: 'model' | 'function';
  /** Of a model: its archive. */
  readonly url: string | undefined;
  readonly settings: NodeSettings;
  /** The nodes whose answers it gets, in the order of the specification. */
  readonly parents: readonly string[];
  readonly children: readonly string[];
}

/** A problem of a graph: upstream's message for the whole, and our details. */
export interface GraphProblem {
  readonly message:
    | 'Self loop exception'
    | 'loop exception'
    | 'DAG should have only one start node'
    | 'Not a valid DAG';
  readonly detail: string;
}

export type WorkflowGraph =
  /** Nodes in an order in which each comes after all its parents. */
  | { readonly kind: 'ok'; readonly nodes: readonly WorkflowNode[] }
  | { readonly kind: 'invalid'; readonly problems: readonly GraphProblem[] };

/**
 * A function runs in one process, one request at a time; only its retries and timeout are the global ones (contract
 * 1.8).
 */
const functionSettings = { minWorkers: 1, maxWorkers: 1, batchSize: 1, maxBatchDelay: 0 };

export function buildGraph(spec: WorkflowSpec): WorkflowGraph {
  const edgeProblems = findEdgeProblems(spec.edges);
  if (edgeProblems.length > 0) return { kind: 'invalid', problems: edgeProblems };
  const nodes = listNodes(spec);
  const starts = nodes.filter(({ parents }) => parents.length === 0);
  if (starts.length !== 1) {
    const detail =
      starts.length === 0
        ? 'every node has a node before it'
        : `${starts.map(({ name }) => name).join(', ')} have no node before them`;
    return { kind: 'invalid', problems: [{ message: 'DAG should have only one start node', detail }] };
  }
  const sorted = sortNodes(nodes);
  if (sorted.length === nodes.length) return { kind: 'ok', nodes: sorted };
  const reached = new Set(sorted);
  const stuck = nodes.filter((node) => !reached.has(node)).map(({ name }) => name);
  const detail = `${stuck.join(', ')} form a cycle`;
  return { kind: 'invalid', problems: [{ message: 'Not a valid DAG', detail }] };
}

/**
 * Upstream looks for an edge in the opposite direction and finds a duplicate edge; the opposite direction is a cycle.
 */
function findEdgeProblems(edges: WorkflowSpec['edges']): GraphProblem[] {
  return [...edges].flatMap(([from, next]) =>
    next.flatMap((to, index): GraphProblem[] => {
      if (to === from) return [{ message: 'Self loop exception', detail: `${from} comes after itself` }];
      if (next.indexOf(to) !== index) return [{ message: 'loop exception', detail: `${from} → ${to} occurs twice` }];
      return [];
    }),
  );
}

function listNodes({ edges, models, globals }: WorkflowSpec): WorkflowNode[] {
  const names = new Set([...edges].flatMap(([from, next]) => [from, ...next]));
  const parents = new Map([...names].map((name): [string, string[]] => [name, []]));
  for (const [from, next] of edges) for (const to of next) parents.get(to)?.push(from);
  return [...names].map((name): WorkflowNode => {
    const model = models.get(name);
    return {
      name,
      kind: model === undefined ? 'function' : 'model',
      url: model?.url,
      settings: model?.settings ?? { ...globals, ...functionSettings },
      parents: parents.get(name) ?? [],
      children: edges.get(name) ?? [],
    };
  });
}

/** Kahn's algorithm; nodes of a cycle are left out. */
function sortNodes(nodes: readonly WorkflowNode[]): WorkflowNode[] {
  const missing = new Map(nodes.map(({ name, parents }) => [name, parents.length]));
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const sorted = nodes.filter(({ parents }) => parents.length === 0);
  for (const { children } of sorted) {
    // The list grows during the loop: a node is added after its last parent.
    for (const child of children) {
      const left = (missing.get(child) ?? 0) - 1;
      missing.set(child, left);
      const node = byName.get(child);
      if (left === 0 && node !== undefined) sorted.push(node);
    }
  }
  return sorted;
}
