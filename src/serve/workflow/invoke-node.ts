import { randomUUID } from 'node:crypto';
import type { ErrorCode } from '../../core/error-catalogue.ts';
import { describeError, isToolError, ToolError } from '../../core/errors.ts';
import type { WorkflowNode } from '../../model/workflow/workflow-graph.ts';
import type { PredictionCall } from '../model/intake.ts';
import type { Clock } from '../pool/clock.ts';
import type { Outcome } from '../pool/job.ts';
import type { InferenceRequest, InputParameter } from '../protocol/messages.ts';
import type { Invoke } from './run-graph.ts';

export type Predict = (call: PredictionCall) => Promise<Outcome>;

/** Failures that another try cannot mend, or would make worse: they are the answer, as they are. */
const FINAL: readonly ErrorCode[] = ['CANCELLED', 'SERVER_CLOSING', 'MODEL_NO_WORKER', 'MODEL_NOT_FOUND'];
/** Characters of a failing answer's body that are told. */
const TOLD_LENGTH = 200;

/** Under what name a node's model is registered (contract 1.8). */
export function nodeModelName(workflow: string, node: string): string {
  return `${workflow}__${node}`;
}

/** Asks the models of one workflow, with the headers of its client; each node is tried as often as it allows. */
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
        const answer = readAnswer(await tryOnce(predict, call, node, clock, signal));
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

/** Every try is a request of its own: the answer to one that came too late must not be taken for that of the next. */
function toRequest(headers: InferenceRequest['headers'], parameters: readonly InputParameter[]): InferenceRequest {
  return { id: randomUUID(), headers, parameters };
}

/** Gives up, and takes back what still waits in the queue, when the time is over or nobody wants the answer. */
function tryOnce(
  predict: Predict,
  call: PredictionCall,
  { name, settings: { timeoutMs } }: WorkflowNode,
  clock: Clock,
  signal: AbortSignal,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let drop = () => {};
    const giveUp = (error: ToolError) => {
      reject(error);
      drop();
    };
    const cancelled = () => giveUp(new ToolError('CANCELLED', { what: `The node ${name}` }));
    if (signal.aborted) {
      cancelled();
      return;
    }
    const stopClock = clock.after(timeoutMs, () =>
      giveUp(new ToolError('WORKFLOW_NODE_SLOW', { node: name, timeoutMs })),
    );
    signal.addEventListener('abort', cancelled, { once: true });
    const onGone = (take: () => void) => {
      drop = take;
    };
    predict({ ...call, onGone })
      .then(resolve, reject)
      .finally(() => {
        stopClock();
        signal.removeEventListener('abort', cancelled);
      });
  });
}

/**
 * The body of a good answer. Upstream hands on whatever status a handler sets; an error of one node is not what the next
 * one was written to take, so here it is a failure.
 */
function readAnswer(outcome: Outcome): Uint8Array | Failure {
  if (outcome.kind === 'failed') return { reason: outcome.message };
  const { status, body } = outcome.prediction;
  if (status < 400) return body;
  const told = Buffer.from(body).toString('utf8').trim().slice(0, TOLD_LENGTH);
  return { reason: `It answered with status ${status}: ${told}` };
}
