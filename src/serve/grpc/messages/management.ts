/** TorchServe's management.proto. */
import { one } from '../protobuf/fields.ts';
import { defineMessage } from '../protobuf/message.ts';
import { types } from '../protobuf/types.ts';

export const managementResponse = defineMessage({ msg: one(1, types.text) });

export const describeModelRequest = defineMessage({
  modelName: one(1, types.text),
  modelVersion: one(2, types.text),
  customized: one(3, types.bool),
});

export const listModelsRequest = defineMessage({ limit: one(1, types.int32), nextPageToken: one(2, types.int32) });

/** Without `s3_sse_kms` (10): archives are not fetched from S3. */
export const registerModelRequest = defineMessage({
  batchSize: one(1, types.int32),
  handler: one(2, types.text),
  initialWorkers: one(3, types.int32),
  maxBatchDelay: one(4, types.int32),
  modelName: one(5, types.text),
  responseTimeout: one(6, types.int32),
  runtime: one(7, types.text),
  synchronous: one(8, types.bool),
  url: one(9, types.text),
  startupTimeout: one(11, types.int32),
});

/** Without `number_gpu` (5) and `timeout` (7), which TorchServe takes and does not look at. */
export const scaleWorkerRequest = defineMessage({
  modelName: one(1, types.text),
  modelVersion: one(2, types.text),
  maxWorker: one(3, types.int32),
  minWorker: one(4, types.int32),
  synchronous: one(6, types.bool),
});

export const versionRequest = defineMessage({ modelName: one(1, types.text), modelVersion: one(2, types.text) });
