/** Tensors as KServe's v2 protocol (Open Inference Protocol) carries them in JSON: inputs and outputs with name, datatype, shape and data. */
import { z } from 'zod';
import { keysOf } from '../../core/names/known-words.ts';
import type { Dtype, Tensor } from '../sdk.ts';
import type { SignatureEntry } from '../signature.ts';
import { flattenNested, TensorError, toFloat32, toTensorData } from '../tensor-values.ts';
import { toPythonJson } from './python-json.ts';
import { decodeBinary, encodeBinary } from './v2-binary.ts';

/** Tensors in order; an object would sort names that are numbers. */
export type NamedTensors = readonly (readonly [name: string, tensor: Tensor])[];

/** The protocol's names of types. */
export const v2Types = {
  BOOL: 'bool',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FP16: 'float16',
  FP32: 'float32',
  FP64: 'float64',
  BF16: 'bfloat16',
  BYTES: 'string',
} as const satisfies Record<string, Dtype>;
type V2Type = keyof typeof v2Types;

const v2Names = keysOf(v2Types);
const names = new Map<string, V2Type>(v2Names.map((name) => [v2Types[name], name]));

const parameters = z.looseObject({
  /** Bytes of this input after the JSON. */
  binary_data_size: z.number().int().min(0).optional(),
  /** Whether this output is requested after the JSON. */
  binary_data: z.boolean().optional(),
  /** The same for all outputs. */
  binary_data_output: z.boolean().optional(),
});

const requestSchema = z.looseObject({
  id: z.string().optional(),
  parameters: parameters.optional(),
  inputs: z.array(
    z.looseObject({
      name: z.string(),
      shape: z.array(z.number().int().min(0)),
      datatype: z.enum(v2Names),
      parameters: parameters.optional(),
      data: z.array(z.unknown()).optional(),
    }),
  ),
  outputs: z.array(z.looseObject({ name: z.string(), parameters: parameters.optional() })).optional(),
});

export type V2Request = z.infer<typeof requestSchema>;

/**
 * Undefined for a value without the shape of such a request, unless `isCertain`; throws a TensorError for one with a
 * mistake.
 */
export function readV2Request(value: Readonly<Record<string, unknown>>, isCertain = false): V2Request | undefined {
  const { inputs } = value;
  const isMeant =
    isCertain ||
    (Array.isArray(inputs) && inputs.some((one) => typeof one === 'object' && one !== null && 'datatype' in one));
  if (!isMeant) return undefined;
  const result = requestSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new TensorError(`${issue?.path.join('.')}: ${issue?.message}`);
}

/** The data are in the JSON, flat or nested, or in `binary`; the shape counts. */
export function fromV2({ inputs }: V2Request, binary: Uint8Array = new Uint8Array()): NamedTensors {
  refuseDuplicates(inputs.map(({ name }) => name));
  let taken = 0;
  const tensors = inputs.map(({ name, shape, datatype, data, parameters }): [string, Tensor] => {
    const dtype = v2Types[datatype];
    const size = parameters?.binary_data_size;
    if (size === undefined) return [name, fromJson(name, dtype, shape, data)];
    const bytes = binary.subarray(taken, taken + size);
    taken += size;
    return [name, decodeBinary(name, dtype, shape, bytes)];
  });
  if (taken !== binary.length)
    throw new TensorError(`${binary.length} bytes follow the JSON, but the inputs declare ${taken}`);
  return tensors;
}

function refuseDuplicates(sent: readonly string[]): void {
  const duplicate = sent.find((name, index) => sent.indexOf(name) !== index);
  if (duplicate !== undefined) throw new TensorError(`input "${duplicate}" is given more than once`);
}

function fromJson(name: string, dtype: Dtype, shape: readonly number[], data: readonly unknown[] | undefined): Tensor {
  if (data === undefined) throw new TensorError(`input "${name}" has no data`);
  const values = data.some(Array.isArray) ? flattenNested(data).values : data;
  const expected = shape.reduce((product, size) => product * size, 1);
  if (values.length !== expected)
    throw new TensorError(
      `input "${name}": shape [${shape.join(', ')}] holds ${expected} values, but there are ${values.length}`,
    );
  return { dtype, shape, data: toTensorData(dtype, values) };
}

/** Whether the client requests this output after the JSON of the answer. */
export function wantsBinary(request: V2Request, output: string): boolean {
  const own = request.outputs?.find(({ name }) => name === output)?.parameters?.binary_data;
  return own ?? request.parameters?.binary_data_output ?? false;
}

/** An input or output as the metadata of a model names it; -1 stands for a dimension that is free. */
export function toV2Spec({ name, dtype, shape, unranked }: SignatureEntry): {
  name: string;
  datatype: string;
  shape: number[];
} {
  const datatype = names.get(dtype) ?? 'BYTES';
  return { name, datatype, shape: unranked ? [-1] : shape.map((size) => (typeof size === 'number' ? size : -1)) };
}

export interface V2Head {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly id: string | undefined;
}

export function toV2(outputs: NamedTensors, { modelName, modelVersion, id }: V2Head): Record<string, unknown> {
  return toAnswer(
    { modelName, modelVersion, id },
    outputs.map(([name, tensor]) => toJsonOutput(name, tensor)),
  );
}

function toAnswer({ modelName, modelVersion, id }: V2Head, outputs: readonly unknown[]): Record<string, unknown> {
  return { ...(id === undefined ? {} : { id }), model_name: modelName, model_version: modelVersion, outputs };
}

/** A tensor as an output of the protocol. */
export function toJsonOutput(name: unknown, tensor: Tensor): Record<string, unknown> {
  return { name, datatype: names.get(tensor.dtype), shape: tensor.shape, data: toJsonData(tensor) };
}

/** An answer with data after its JSON. */
export function toV2Binary(
  outputs: NamedTensors,
  head: V2Head,
  isBinary: (name: string) => boolean,
): { body: Uint8Array; jsonLength: number } {
  const blobs: Uint8Array[] = [];
  const described = outputs.map(([name, tensor]) => {
    if (!isBinary(name)) return toJsonOutput(name, tensor);
    const blob = encodeBinary(tensor);
    blobs.push(blob);
    const parameters = { binary_data_size: blob.length };
    return { name, datatype: names.get(tensor.dtype), shape: tensor.shape, parameters };
  });
  const text = Buffer.from(toPythonJson(toAnswer(head, described)));
  return { body: Buffer.concat([text, ...blobs]), jsonLength: text.length };
}

function toJsonData({ dtype, data }: Tensor): unknown {
  if (dtype === 'bool') return Array.from<unknown, boolean>(data, Boolean);
  return dtype === 'float16' || dtype === 'bfloat16' ? toFloat32(dtype, data) : data;
}
