/** The Open Inference Protocol (KServe v2): the same messages for TorchServe, KServe and Triton. */
import { many, mapOf, one, optional, packed } from '../protobuf/fields.ts';
import { defineMessage, type MessageOf } from '../protobuf/message.ts';
import { byteStringList, elements, numberList } from '../protobuf/number-list.ts';
import { types } from '../protobuf/types.ts';

export const serverLiveResponse = defineMessage({ live: one(1, types.bool) });
export const readyResponse = defineMessage({ ready: one(1, types.bool) });

export const serverMetadataResponse = defineMessage({
  name: one(1, types.text),
  version: one(2, types.text),
  extensions: many(3, types.text),
});

/** Of ModelReady and of ModelMetadata. */
export const modelRequest = defineMessage({ name: one(1, types.text), version: one(2, types.text) });

const tensorMetadata = defineMessage({
  name: one(1, types.text),
  datatype: one(2, types.text),
  shape: packed(3, types.int64),
});

export const modelMetadataResponse = defineMessage({
  name: one(1, types.text),
  versions: many(2, types.text),
  platform: one(3, types.text),
  inputs: many(4, tensorMetadata),
  outputs: many(5, tensorMetadata),
});

/** Exactly one is set. The last two are Triton's and KServe's. */
const inferParameter = defineMessage({
  boolParam: optional(1, types.bool),
  int64Param: optional(2, types.int64),
  stringParam: optional(3, types.text),
  doubleParam: optional(4, types.double),
  uint64Param: optional(5, types.uint64),
});

const inferTensorContents = defineMessage({
  boolContents: numberList(1, elements.bool),
  intContents: numberList(2, elements.int32),
  int64Contents: numberList(3, elements.int64),
  uintContents: numberList(4, elements.uint32),
  uint64Contents: numberList(5, elements.int64),
  fp32Contents: numberList(6, elements.float),
  fp64Contents: numberList(7, elements.double),
  bytesContents: byteStringList(8),
});

/** An input of a request, an output of an answer. */
const inferTensor = defineMessage({
  name: one(1, types.text),
  datatype: one(2, types.text),
  shape: packed(3, types.int64),
  parameters: mapOf(4, inferParameter),
  contents: optional(5, inferTensorContents),
});

const inferRequestedOutputTensor = defineMessage({ name: one(1, types.text), parameters: mapOf(2, inferParameter) });

export const modelInferRequest = defineMessage({
  modelName: one(1, types.text),
  modelVersion: one(2, types.text),
  id: one(3, types.text),
  parameters: mapOf(4, inferParameter),
  inputs: many(5, inferTensor),
  outputs: many(6, inferRequestedOutputTensor),
  rawInputContents: many(7, types.bytes),
});

export const modelInferResponse = defineMessage({
  modelName: one(1, types.text),
  modelVersion: one(2, types.text),
  id: one(3, types.text),
  parameters: mapOf(4, inferParameter),
  outputs: many(5, inferTensor),
  rawOutputContents: many(6, types.bytes),
});

export type InferParameter = MessageOf<typeof inferParameter>;
export type InferTensorContents = MessageOf<typeof inferTensorContents>;
export type InferTensor = MessageOf<typeof inferTensor>;
export type ModelInferRequest = MessageOf<typeof modelInferRequest>;
export type ModelInferResponse = MessageOf<typeof modelInferResponse>;
