/** What a handler answered, as the message of ModelInfer. */
import { z } from 'zod';
import { ToolError } from '../../../core/errors.ts';
import { TensorError, toTensorData } from '../../../handlers/tensor-values.ts';
import { parseJson } from '../../../handlers/tensors/parse-json.ts';
import { v2Types } from '../../../handlers/tensors/v2.ts';
import { encodeBinary, JSON_LENGTH_HEADER, splitBody } from '../../../handlers/tensors/v2-binary.ts';
import type { Prediction } from '../../protocol/messages.ts';
import type { InferTensor, ModelInferResponse } from '../messages/open-inference.ts';
import { type Datatype, toContents } from './contents.ts';

const size = z.number().int().min(0);
const answerSchema = z.looseObject({
  outputs: z.array(
    z.looseObject({
      // The envelope of KServe v2 names outputs after inputs, and may have none left.
      name: z.string().nullish(),
      datatype: z.enum(Object.keys(v2Types) as [Datatype, ...Datatype[]]),
      shape: z.array(size),
      parameters: z.looseObject({ binary_data_size: size.optional() }).optional(),
      data: z.array(z.unknown()).optional(),
    }),
  ),
});
type Output = z.infer<typeof answerSchema>['outputs'][number];

export interface Answered {
  readonly modelName: string;
  readonly modelVersion: string;
  /** Of the request. */
  readonly id: string;
  /** Whether the client sent raw contents, and so reads them. */
  readonly raw: boolean;
}

/** Throws ANSWER_NOT_V2 for an answer that is none of the protocol. */
export function toInferResponse(
  prediction: Prediction,
  { raw, modelName, modelVersion, id }: Answered,
): Partial<ModelInferResponse> {
  const outputs = readOutputs(prediction, modelName);
  const typed = outputs.map(({ datatype, bytes }) => toContents(datatype, bytes));
  // Raw for all or for none: half floats have no other form.
  const isRaw = raw || typed.includes(undefined);
  return {
    modelName,
    modelVersion,
    id,
    outputs: outputs.map(({ name, datatype, shape }, index) => ({
      name,
      datatype,
      shape: shape.map(BigInt),
      parameters: new Map(),
      contents: isRaw ? undefined : (typed[index] as InferTensor['contents']),
    })),
    rawOutputContents: isRaw ? outputs.map(({ bytes }) => bytes) : [],
  };
}

interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

function readOutputs({ headers, body }: Prediction, model: string): Tensor[] {
  const jsonLength = headers.find(([name]) => name.toLowerCase() === JSON_LENGTH_HEADER.toLowerCase())?.[1];
  try {
    const { json, binary } = jsonLength === undefined ? { json: body, binary: NOTHING } : splitBody(body, jsonLength);
    const text = Buffer.from(json.buffer, json.byteOffset, json.length).toString('utf8');
    const { outputs } = answerSchema.parse(parseJson(text, { exactIntegers: true }));
    let taken = 0;
    return outputs.map((output) => {
      const { name, datatype, shape, parameters } = output;
      const length = parameters?.binary_data_size;
      const bytes = length === undefined ? fromJson(output) : binary.subarray(taken, taken + length);
      taken += length ?? 0;
      return { name: name ?? '', datatype, shape, bytes };
    });
  } catch (cause) {
    if (cause instanceof z.ZodError || cause instanceof SyntaxError || cause instanceof TensorError)
      throw new ToolError('ANSWER_NOT_V2', { model }, { cause });
    throw cause;
  }
}

const NOTHING = new Uint8Array();

/** What is no text in a tensor of byte strings is written as JSON: the envelope of KServe v2 answers with any value. */
function fromJson({ datatype, data = [] }: Output): Uint8Array {
  const values = datatype === 'BYTES' ? data.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))) : data;
  const dtype = v2Types[datatype];
  return encodeBinary({ dtype, shape: [values.length], data: toTensorData(dtype, values) });
}
