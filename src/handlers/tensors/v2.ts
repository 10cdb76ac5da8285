/** Tensors as KServe's v2 protocol (Open Inference Protocol) carries them in JSON: inputs and outputs with name, datatype, shape and data. */
import { z } from 'zod';
import type { Dtype, Tensor, Tensors } from '../sdk.ts';
import { flattenNested, TensorError, toFloat32, toTensorData } from '../tensor-values.ts';

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

const names = new Map<Dtype, V2Type>(
  // The keys of a literal are its type's keys.
  (Object.keys(v2Types) as V2Type[]).map((name) => [v2Types[name], name]),
);

const requestSchema = z.looseObject({
  id: z.string().optional(),
  inputs: z
    .array(
      z.looseObject({
        name: z.string(),
        shape: z.array(z.number().int().min(0)),
        datatype: z.enum(Object.keys(v2Types) as [V2Type, ...V2Type[]]),
        data: z.array(z.unknown()),
      }),
    )
    .min(1),
  outputs: z.array(z.looseObject({ name: z.string() })).optional(),
});

export type V2Request = z.infer<typeof requestSchema>;

/** Undefined for a value that is not shaped like such a request at all; throws a TensorError for one that is and has a mistake. */
export function readV2Request(value: Readonly<Record<string, unknown>>): V2Request | undefined {
  const { inputs } = value;
  const isMeant =
    Array.isArray(inputs) && inputs.some((one) => typeof one === 'object' && one !== null && 'datatype' in one);
  if (!isMeant) return undefined;
  const result = requestSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new TensorError(`${issue?.path.join('.')}: ${issue?.message}`);
}

/** Data may be flat or nested; the shape counts. */
export function fromV2({ inputs }: V2Request): Tensors {
  return Object.fromEntries(
    inputs.map(({ name, shape, datatype, data }) => {
      const dtype = v2Types[datatype];
      const values = data.some(Array.isArray) ? flattenNested(data).values : data;
      const expected = shape.reduce((product, size) => product * size, 1);
      if (values.length !== expected)
        throw new TensorError(
          `input "${name}": shape [${shape.join(', ')}] holds ${expected} values, but there are ${values.length}`,
        );
      return [name, { dtype, shape, data: toTensorData(dtype, values) }];
    }),
  );
}

export interface V2Head {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly id: string | undefined;
}

export function toV2(outputs: Tensors, { modelName, modelVersion, id }: V2Head): Record<string, unknown> {
  return {
    ...(id === undefined ? {} : { id }),
    model_name: modelName,
    model_version: modelVersion,
    outputs: Object.entries(outputs).map(([name, tensor]) => ({
      name,
      datatype: names.get(tensor.dtype),
      shape: tensor.shape,
      data: toJsonData(tensor),
    })),
  };
}

function toJsonData({ dtype, data }: Tensor): unknown {
  if (dtype === 'bool') return Array.from(data as Uint8Array, Boolean);
  return dtype === 'float16' || dtype === 'bfloat16' ? toFloat32(dtype, data) : data;
}
