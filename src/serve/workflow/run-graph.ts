import { setMaxListeners } from 'node:events';
import type { WorkflowNode } from '../../model/workflow/workflow-graph.ts';
import type { InputParameter } from '../protocol/messages.ts';

/** Runs one node; rejects at once when the signal is aborted. */
export type Invoke = (
  node: WorkflowNode,
  parameters: readonly InputParameter[],
  signal: AbortSignal,
) => Promise<Uint8Array>;

/** The answer of a node without children. */
export interface LeafAnswer {
  readonly node: string;
  readonly body: Uint8Array;
}

/**
 * Every node starts when its last parent has answered, so that branches run in parallel. The first failure aborts the
 * others. The nodes are in topological order.
 */
export async function runGraph(
  nodes: readonly WorkflowNode[],
  input: readonly InputParameter[],
  invoke: Invoke,
  signal: AbortSignal,
): Promise<readonly LeafAnswer[]> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  // Every node listens; Node warns of a leak above ten listeners.
  setMaxListeners(nodes.length, either);
  const answers = new Map<string, Promise<Uint8Array>>();
  for (const node of nodes) answers.set(node.name, answerOf(node, answers, input, invoke, either));
  const leaves = nodes.filter(({ children }) => children.length === 0);
  try {
    return await Promise.all(
      leaves.map(async ({ name }) => ({ node: name, body: (await answers.get(name)) ?? new Uint8Array() })),
    );
  } catch (error) {
    failed.abort(error);
    throw error;
  }
}

async function answerOf(
  node: WorkflowNode,
  answers: ReadonlyMap<string, Promise<Uint8Array>>,
  input: readonly InputParameter[],
  invoke: Invoke,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const inputs = await Promise.all(
    node.parents.map(async (parent) => ({ parent, value: (await answers.get(parent)) ?? new Uint8Array() })),
  );
  return invoke(node, node.parents.length === 0 ? input : toParameters(inputs), signal);
}

/** The answer of an only parent is the body; several are one parameter each, named after the parent (contract 3.6). */
function toParameters(inputs: readonly { parent: string; value: Uint8Array }[]): InputParameter[] {
  return inputs.map(({ parent, value }) => ({ name: inputs.length === 1 ? 'body' : parent, contentType: '', value }));
}
