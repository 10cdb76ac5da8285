/** Error → status and message of a failed prediction (contract 3.3). */
import { PredictionError } from '../../handlers/sdk.ts';
import { UnsupportedValue } from '../../handlers/tensors/python-json.ts';

export interface Failure {
  readonly code: number;
  readonly message: string;
  /** The cause, for the worker's log. */
  readonly detail: string | undefined;
  /** Whether a single request may be at fault, so that the others can be retried without it. */
  readonly mayBeOneRequest: boolean;
}

/** A mistake in a handler: it uses something that does not exist, or lacks a step. */
export class HandlerFault extends Error {
  override readonly name = 'HandlerFault';
}

/** A result that is not a list with one answer for each request. */
export class InvalidResult extends Error {
  override readonly name = 'InvalidResult';
}

const STACK_LINES = 6;
const OUT_OF_MEMORY =
  /\bCUDA\b|out of memory|failed to allocate|Array buffer allocation failed|Invalid (typed )?array length/i;

export function toFailure(error: unknown): Failure {
  if (isPredictionError(error))
    return { code: error.status, message: error.message, detail: undefined, mayBeOneRequest: true };
  if (error instanceof InvalidResult)
    return { code: 503, message: error.message, detail: undefined, mayBeOneRequest: false };
  if (error instanceof UnsupportedValue) {
    const detail = `The answer cannot be written as JSON: ${error.message}.`;
    return { code: 503, message: 'Unsupported model output data type.', detail, mayBeOneRequest: true };
  }
  const detail = describe(error);
  if (OUT_OF_MEMORY.test(detail)) return { code: 507, message: 'Out of resources', detail, mayBeOneRequest: false };
  return { code: 503, message: 'Prediction failed', detail, mayBeOneRequest: true };
}

/** By shape: the handler may bundle its own copy of the SDK. */
function isPredictionError(error: unknown): error is PredictionError {
  return (
    error instanceof PredictionError ||
    (error instanceof Error &&
      error.name === 'PredictionError' &&
      'status' in error &&
      typeof error.status === 'number')
  );
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `The handler threw ${String(error)}.`;
  const text = (error.stack ?? `${error.name}: ${error.message}`).split('\n').slice(0, STACK_LINES).join('\n');
  return error.cause === undefined ? text : `${text}\nCaused by: ${describe(error.cause)}`;
}
