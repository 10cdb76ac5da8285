/** A handler's answers → the predictions of one response frame. */

import { toPythonJson } from '../../handlers/tensors/python-json.ts';
import { causeHeaders, type InferenceRequest, type Prediction, type WorkerResponse } from '../protocol/messages.ts';
import type { BatchContext } from './batch-context.ts';
import { type Failure, InvalidResult } from './failure.ts';

/** Throws InvalidResult in TorchServe's words unless there is one answer a request. */
export function checkAnswers(answers: unknown, count: number): readonly unknown[] {
  if (!Array.isArray(answers)) throw new InvalidResult('Invalid model predict output');
  if (answers.length !== count) throw new InvalidResult('number of batch response mismatched');
  return answers;
}

export function toResponse(
  requests: readonly InferenceRequest[],
  answers: readonly unknown[],
  batch: BatchContext,
): WorkerResponse {
  const predictions = requests.map((request, index): Prediction => {
    const body = toBody(answers[index]);
    const { status, reason, headers } = batch.head(index);
    return {
      id: request.id,
      contentType: headers.get('content-type') ?? '',
      status,
      reason,
      headers: [...headers],
      body,
    };
  });
  return { code: 200, message: 'Prediction success', predictions };
}

/** Bytes as they are, a string as UTF-8, anything else as Python's JSON; throws UnsupportedValue. */
function toBody(answer: unknown): Uint8Array {
  if (answer instanceof Uint8Array) return answer;
  if (answer instanceof ArrayBuffer) return new Uint8Array(answer);
  return Buffer.from(typeof answer === 'string' ? answer : toPythonJson(answer));
}

/** Code and message of the frame answer every request of the batch; the bodies are TorchServe's filler. */
export function toFailedResponse(
  requests: readonly InferenceRequest[],
  { code, message, detail }: Failure,
): WorkerResponse {
  const body = Buffer.from('error');
  const predictions = requests.map(
    ({ id }): Prediction => ({ id, contentType: '', status: 200, reason: '', headers: causeHeaders(detail), body }),
  );
  return { code, message, predictions };
}

/** A failed request in a batch that succeeded; the body is TorchServe's error answer. */
export function toFailedPrediction({ id }: InferenceRequest, { code, message }: Failure): Prediction {
  const body = `${JSON.stringify({ code, type: 'InternalServerException', message }, null, 2)}\n`;
  const contentType = 'application/json';
  return {
    id,
    contentType,
    status: code,
    reason: '',
    headers: [['content-type', contentType]],
    body: Buffer.from(body),
  };
}
