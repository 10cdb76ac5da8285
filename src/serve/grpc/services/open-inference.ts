import { packageVersion } from '../../../core/package-info.ts';
import { TensorError } from '../../../handlers/tensor-values.ts';
import { readModelMetadata, type TensorMetadata } from '../../management/model-metadata.ts';
import { defineMethod, type GrpcService, type MethodCall } from '../exchange/method.ts';
import { CallFailed, codes, fromHttpStatus } from '../exchange/status.ts';
import { toInferResponse } from '../infer/from-answer.ts';
import { toInferenceRequest } from '../infer/to-request.ts';
import { emptyMessage } from '../messages/inference.ts';
import {
  type ModelInferRequest,
  type ModelInferResponse,
  modelInferRequest,
  modelInferResponse,
  modelMetadataResponse,
  modelRequest,
  readyResponse,
  serverLiveResponse,
  serverMetadataResponse,
} from '../messages/open-inference.ts';

const methods: GrpcService['methods'] = {
  // Open, as over HTTP: an orchestrator holds no key.
  ServerLive: defineMethod({
    request: emptyMessage,
    answer: serverLiveResponse,
    access: 'open',
    run: () => ({ live: true }),
  }),
  ServerReady: defineMethod({
    request: emptyMessage,
    answer: readyResponse,
    access: 'open',
    run: (_, { tools }) => ({ ready: tools.service.ready }),
  }),
  ServerMetadata: defineMethod({
    request: emptyMessage,
    answer: serverMetadataResponse,
    run: () => ({ name: 'ts-model-archiver', version: packageVersion(), extensions: ['kserve', 'kubeflow'] }),
  }),
  ModelReady: defineMethod({
    request: modelRequest,
    answer: readyResponse,
    async run({ name, version }, { tools }) {
      const { ready } = await tools.service.summary(required(name, 'name'), given(version));
      return { ready };
    },
  }),
  ModelMetadata: defineMethod({
    request: modelRequest,
    answer: modelMetadataResponse,
    async run({ name, version }, { tools }) {
      const of = { model: required(name, 'name'), version: given(version) };
      const { inputs, outputs, ...metadata } = await readModelMetadata(tools.service, of);
      return { ...metadata, inputs: inputs.map(toMessage), outputs: outputs.map(toMessage) };
    },
  }),
  ModelInfer: defineMethod({ request: modelInferRequest, answer: modelInferResponse, run: infer }),
};

/** The protocol under both its names: TorchServe's, and the one that Triton, KServe and their clients have. */
export const openInferenceServices: readonly GrpcService[] = [
  { name: 'org.pytorch.serve.grpc.openinference.GRPCInferenceService', role: 'inference', methods },
  { name: 'inference.GRPCInferenceService', role: 'inference', methods },
];

async function infer(
  request: ModelInferRequest,
  { id, tools, onGone }: MethodCall<ModelInferResponse>,
): Promise<Partial<ModelInferResponse>> {
  const model = required(request.modelName, 'model_name');
  const version = given(request.modelVersion);
  const { handler, signature, version: known } = await tools.service.summary(model, version);
  // The built-in handler of tensors reads the binary extension; others get what TorchServe hands them.
  const takesBinary = handler === 'base_handler' && signature !== undefined && tools.envelope === '';
  const outcome = await tools.service.predict({
    model,
    version,
    request: toRequest(id, request, takesBinary),
    onGone,
  });
  if (outcome.kind === 'failed') throw new CallFailed(fromHttpStatus(outcome.status), outcome.message);
  const { status, body } = outcome.prediction;
  if (status >= 400) throw new CallFailed(fromHttpStatus(status), Buffer.from(body).toString('utf8'));
  const raw = request.rawInputContents.length > 0;
  return toInferResponse(outcome.prediction, { raw, modelName: model, modelVersion: known, id: request.id });
}

function toRequest(id: string, request: ModelInferRequest, takesBinary: boolean) {
  try {
    return toInferenceRequest(id, request, takesBinary);
  } catch (error) {
    if (error instanceof TensorError) throw new CallFailed(codes.invalidArgument, `${upperFirst(error.message)}.`);
    throw error;
  }
}

function toMessage({ shape, ...spec }: TensorMetadata) {
  return { ...spec, shape: shape.map(BigInt) };
}

function required(value: string, parameter: string): string {
  if (value === '') throw new CallFailed(codes.invalidArgument, `Parameter ${parameter} is required.`);
  return value;
}

function given(version: string): string | undefined {
  return version === '' ? undefined : version;
}

const upperFirst = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
