import { ToolError } from '../../../core/errors.ts';
import { atLeast } from '../../http/exchange/request-options.ts';
import {
  describeModels,
  listModels,
  registerModel,
  scaleWorkers,
  setDefaultVersion,
  statusOf,
  unregisterModel,
  type VersionName,
} from '../../management/models.ts';
import { defineMethod, type GrpcService, type GrpcTools } from '../exchange/method.ts';
import {
  describeModelRequest,
  listModelsRequest,
  managementResponse,
  registerModelRequest,
  scaleWorkerRequest,
  versionRequest,
} from '../messages/management.ts';

/** TorchServe's management over gRPC: what is said is what HTTP says, as a text. Empty texts and zeros are as if not given. */
export const managementService: GrpcService = {
  name: 'org.pytorch.serve.grpc.management.ManagementAPIsService',
  role: 'management',
  methods: {
    DescribeModel: defineMethod({
      request: describeModelRequest,
      answer: managementResponse,
      run: async (request, { id, tools }) => ({
        msg: toJson(await describeModels(tools, nameOf(request), request.customized ? id : undefined)),
      }),
    }),
    ListModels: defineMethod({
      request: listModelsRequest,
      answer: managementResponse,
      run: ({ limit, nextPageToken }, { tools }) => ({
        msg: toJson(listModels(tools, { limit: given(limit), start: nextPageToken })),
      }),
    }),
    RegisterModel: defineMethod({
      request: registerModelRequest,
      answer: managementResponse,
      async run({ url, runtime, modelName, handler, synchronous, ...numbers }, { tools }) {
        refuseWhenOff(tools);
        const started = await registerModel(tools, {
          url: given(url),
          runtime: given(runtime),
          modelName: given(modelName),
          handler: given(handler),
          batchSize: atLeast(1, numbers.batchSize),
          maxBatchDelay: atLeast(1, numbers.maxBatchDelay),
          initialWorkers: atLeast(1, numbers.initialWorkers),
          responseTimeout: atLeast(1, numbers.responseTimeout),
          startupTimeout: atLeast(1, numbers.startupTimeout),
        });
        return { msg: await statusOf(started, synchronous) };
      },
    }),
    ScaleWorker: defineMethod({
      request: scaleWorkerRequest,
      answer: managementResponse,
      async run({ minWorker, maxWorker, synchronous, ...version }, { tools }) {
        const min = atLeast(1, minWorker) ?? 1;
        const max = atLeast(1, maxWorker) ?? min;
        const started = scaleWorkers(tools, nameOf(version), { min, max });
        return { msg: await statusOf(started, synchronous) };
      },
    }),
    SetDefault: defineMethod({
      request: versionRequest,
      answer: managementResponse,
      run: async ({ modelName, modelVersion }, { tools }) => ({
        msg: await setDefaultVersion(tools, modelName, modelVersion),
      }),
    }),
    UnregisterModel: defineMethod({
      request: versionRequest,
      answer: managementResponse,
      async run(request, { tools }) {
        refuseWhenOff(tools);
        return { msg: await unregisterModel(tools, nameOf(request)) };
      },
    }),
  },
};

function refuseWhenOff({ enableModelApi }: GrpcTools): void {
  if (!enableModelApi) throw new ToolError('MODEL_API_DISABLED', {});
}

function nameOf({ modelName, modelVersion }: { modelName: string; modelVersion: string }): VersionName {
  return { model: modelName, version: given(modelVersion) };
}

/** proto3 sends no empty text and no zero. */
function given<T extends string | number>(value: T): T | undefined {
  return value === '' || value === 0 ? undefined : value;
}

/** As TorchServe prints it, without the line break that HTTP has at the end. */
function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
