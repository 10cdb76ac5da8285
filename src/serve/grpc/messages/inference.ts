/** TorchServe's inference.proto. */
import { mapOf, one, optional } from '../protobuf/fields.ts';
import { defineMessage } from '../protobuf/message.ts';
import { types } from '../protobuf/types.ts';

export const emptyMessage = defineMessage({});

export const predictionsRequest = defineMessage({
  modelName: one(1, types.text),
  modelVersion: one(2, types.text),
  input: mapOf(3, types.bytes),
  sequenceId: optional(4, types.text),
});

/** google.rpc.Status, without its details. */
const rpcStatus = defineMessage({ code: one(1, types.int32), message: one(2, types.text) });

export const predictionResponse = defineMessage({
  prediction: one(1, types.bytes),
  sequenceId: optional(2, types.text),
  status: optional(3, rpcStatus),
});

export const torchServeHealthResponse = defineMessage({ health: one(1, types.text) });
