import { randomUUID } from 'node:crypto';
import type { ErrorCode } from '../../core/error-catalogue.ts';
import { describeError, isToolError, ToolError } from '../../core/errors.ts';
import type { WorkflowNode } from '../../model/workflow/workflow-graph.ts';
import type { PredictionCall } from '../model/in-flight-requests.ts';
import type { Clock } from '../pool/clock.ts';
import type { Outcome } from '../pool/job.ts';
import type { InferenceRequest, InputParameter } from '../protocol/messages.ts';
import type { Invoke } from './run-graph.ts';

export type Predict = (call: PredictionCall) => Promise<Outcome>;

/** Failures that a retry cannot fix: they are passed on unchanged. */
const FINAL: readonly ErrorCode[] = ['CANCELLED', 'SERVER_CLOSING', 'MODEL_NO_WORKER', 'MODEL_NOT_FOUND'];
/** Characters of a failing answer's body that the error quotes. */
const EXCERPT_LENGTH = 200;

/** Name of a node's model in the registry (contract 1.8). */
export function nodeModelName(workflow: string, node: string): string {
  return `${workflow}__${node}`;
}

/** Runs the nodes of one workflow with the client's headers, with the retries of each node. */
export function createInvoke(
  workflow: string,
  headers: InferenceRequest['headers'],
  predict: Predict,
  clock: Clock,
): Invoke {
  return async (node, parameters, signal) => {
    const attempts = node.settings.retryAttempts + 1;
    const model = nodeModelName(workflow, node.name);
    let failure: Failure = { reason: '' };
    for (let attempt = 1; attempt <= attempts; attempt++) {
      try {
        const call = { model, version: undefined, request: toRequest(headers, parameters) };
        const answer = readAnswer(await attemptOnce(predict, call, node, clock, signal));
        if (answer instanceof Uint8Array) return answer;
        failure = answer;
      } catch (error) {
        if (isToolError(error) && FINAL.includes(error.code)) throw error;
        failure = { reason: describeError(error), cause: error };
      }
    }
    const { reason, cause } = failure;
    throw new ToolError('WORKFLOW_NODE_FAILED', { node: node.name, attempts, reason }, { cause });
  };
}

interface Failure {
  readonly reason: string;
  readonly cause?: unknown;
}

/** A new id for every retry: a late answer to the last attempt must not be taken for this one's. */
function toRequest(headers: InferenceRequest['headers'], parameters: readonly InputParameter[]): InferenceRequest {
  return { id: randomUUID(), headers, parameters };
}

/** One attempt, cancelled at its timeout or when the workflow is aborted. */
function attemptOnce(
  predict: Predict,
  call: PredictionCall,
  { name, settings: { timeoutMs } }: WorkflowNode,
  clock: Clock,
  signal: AbortSignal,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let cancelQueued = () => {};
    const giveUp = (error: ToolError) => {
      reject(error);
      cancelQueued();
    };
    const cancelled = () => giveUp(new ToolError('CANCELLED', { what: `The node ${name}` }));
    if (signal.aborted) {
      cancelled();
      return;
    }
    const clearDeadline = clock.after(timeoutMs, () =>
      giveUp(new ToolError('WORKFLOW_NODE_SLOW', { node: name, timeoutMs })),
    );
    signal.addEventListener('abort', cancelled, { once: true });
    const onGone = (cancel: () => void) => {
      cancelQueued = cancel;
    };
    predict({ ...call, onGone })
      .then(resolve, reject)
      .finally(() => {
        clearDeadline();
        signal.removeEventListener('abort', cancelled);
      });
  });
}

/**
 * The body of a successful answer. TorchServe passes an error status of one node on as input of the next; here it is a
 * failure of the workflow.
 */
function readAnswer(outcome: Outcome): Uint8Array | Failure {
  if (outcome.kind === 'failed') return { reason: outcome.message };
  const { status, body } = outcome.prediction;
  if (status < 400) return body;
  const excerpt = Buffer.from(body).toString('utf8').trim().slice(0, EXCERPT_LENGTH);
  return { reason: `It answered with status ${status}: ${excerpt}` };
}
