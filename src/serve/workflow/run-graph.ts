import { setMaxListeners } from 'node:events';
import type { WorkflowNode } from '../../model/workflow/workflow-graph.ts';
import type { InputParameter } from '../protocol/messages.ts';

/** Answers one node; rejects at once when the signal is aborted. */
export type Invoke = (
  node: WorkflowNode,
  parameters: readonly InputParameter[],
  signal: AbortSignal,
) => Promise<Uint8Array>;

/** What a node answered that no other node takes. */
export interface LeafAnswer {
  readonly node: string;
  readonly body: Uint8Array;
}

/**
 * Every node starts when its last parent has answered, so branches run side by side. The first failure is the failure of
 * all, and ends the others. The nodes are in an order in which each comes after its parents.
 */
export async function runGraph(
  nodes: readonly WorkflowNode[],
  input: readonly InputParameter[],
  invoke: Invoke,
  signal: AbortSignal,
): Promise<readonly LeafAnswer[]> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  // All nodes may be at work at once, and each listens; Node takes more than ten for a leak.
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
  const taken = await Promise.all(
    node.parents.map(async (parent) => ({ parent, value: (await answers.get(parent)) ?? new Uint8Array() })),
  );
  return invoke(node, node.parents.length === 0 ? input : toParameters(taken), signal);
}

/** One parent's answer is the body; of several each is a parameter with the parent's name (contract 3.6). */
function toParameters(taken: readonly { parent: string; value: Uint8Array }[]): InputParameter[] {
  return taken.map(({ parent, value }) => ({ name: taken.length === 1 ? 'body' : parent, contentType: '', value }));
}
