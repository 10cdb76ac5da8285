import { randomUUID } from 'node:crypto';
import { ToolError } from '../../../core/errors.ts';
import { newSequenceId } from '../../model/sequences.ts';
import type { Outcome } from '../../pool/job.ts';
import type { InferenceRequest, Prediction } from '../../protocol/messages.ts';
import { defineMethod, type GrpcService, type MethodCall } from '../exchange/method.ts';
import { CallFailed, codes, fromHttpStatus, toStatus } from '../exchange/status.ts';
import {
  emptyMessage,
  predictionResponse,
  predictionsRequest,
  torchServeHealthResponse,
} from '../messages/inference.ts';
import type { MessageOf } from '../protobuf/message.ts';

type Request = MessageOf<typeof predictionsRequest>;
type Answer = MessageOf<typeof predictionResponse>;

const predictions = {
  request: predictionsRequest,
  answer: predictionResponse,
  internal: ['MODEL_NOT_FOUND', 'MODEL_VERSION_NOT_FOUND', 'MODEL_NO_WORKER', 'REQUEST_INVALID'],
} as const;

/** TorchServe's predictions over gRPC: the inputs of a request are bytes by name, its answer is what the handler answers. */
export const inferenceService: GrpcService = {
  name: 'org.pytorch.serve.grpc.inference.InferenceAPIsService',
  role: 'inference',
  methods: {
    Ping: defineMethod({
      request: emptyMessage,
      answer: torchServeHealthResponse,
      run: (_, { tools }) => ({
        health: JSON.stringify({ status: tools.service.healthy ? 'Healthy' : 'Unhealthy' }, null, 2),
      }),
    }),
    Predictions: defineMethod({ ...predictions, run: (request, call) => predict(request, call, []) }),
    StreamPredictions: defineMethod({
      ...predictions,
      run: (request, call) => predict(request, call, [], ({ body }) => call.send({ prediction: body })),
    }),
    StreamPredictions2: defineMethod({ ...predictions, takesMany: true, run: predictInSequence }),
  },
};

/** Without `onPart` the parts of a streamed answer are joined. */
async function predict(
  { modelName, modelVersion, input }: Request,
  { id, tools, onGone }: MethodCall<Answer>,
  headers: InferenceRequest['headers'],
  onPart?: (part: Prediction) => void,
): Promise<{ prediction: Uint8Array }> {
  if (modelName === '') throw new ToolError('REQUEST_INVALID', { message: 'Parameter model_name is required.' });
  const parameters = [...input].map(([name, value]) => ({ name, contentType: '', value }));
  const outcome = await tools.service.predict({
    model: modelName,
    version: modelVersion === '' ? undefined : modelVersion,
    request: { id, headers, parameters },
    onGone,
    ...(onPart === undefined ? {} : { onPart }),
  });
  return { prediction: bodyOf(outcome) };
}

function bodyOf(outcome: Outcome): Uint8Array {
  if (outcome.kind === 'answered') return outcome.prediction.body;
  throw new CallFailed(fromHttpStatus(outcome.status), outcome.message);
}

/** One request of a sequence. What goes wrong with it is in its answer: the others are not touched. */
async function predictInSequence(request: Request, call: MethodCall<Answer>): Promise<Partial<Answer>> {
  const { id: idHeader, start, end } = call.tools.sequenceHeaders;
  const isMarked = (name: string) =>
    Buffer.from(request.input.get(name) ?? [])
      .toString('latin1')
      .toLowerCase() === 'true';
  const given = request.sequenceId ?? '';
  const sequenceId = given === '' && isMarked(start) ? newSequenceId() : given;
  try {
    if (sequenceId === '') throw new ToolError('REQUEST_INVALID', { message: 'Parameter sequenceId is required.' });
    const marks = [start, end].filter(isMarked);
    const headers = [[idHeader, sequenceId] as const, ...marks.map((mark) => [mark, 'true'] as const)];
    // A call has many requests, and each its own name at the worker.
    const own = { ...call, id: randomUUID() };
    const { prediction } = await predict(request, own, headers, ({ body }) =>
      call.send({ prediction: body, sequenceId }),
    );
    return { prediction, sequenceId };
  } catch (error) {
    const { code, message } = toStatus(error);
    const isInternal = error instanceof ToolError && predictions.internal.some((internal) => internal === error.code);
    return {
      status: { code: isInternal ? codes.internal : code, message },
      ...(sequenceId === '' ? {} : { sequenceId }),
    };
  }
}
