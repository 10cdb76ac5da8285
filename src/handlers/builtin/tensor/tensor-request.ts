/**
 * One request of tensors, in every form: a JSON list (of the model's only input), an object with a list for each input,
 * KServe's v2 JSON, a numpy file (of the only input), or a form with a field for each input that holds a list or a numpy file.
 */
import {
  type HandlerContext,
  type Model,
  PredictionError,
  type Row,
  type Tensor,
  type TensorSpec,
  type Tensors,
} from '../../sdk.ts';
import { flattenNested, TensorError, toTensorData } from '../../tensor-values.ts';
import { castTensor } from '../../tensors/cast.ts';
import { isNpy, NPY_TYPE, parseNpy, toNpy } from '../../tensors/npy.ts';
import { fromV2, readV2Request, toV2, toV2Binary, type V2Request, wantsBinary } from '../../tensors/v2.ts';
import { JSON_LENGTH_HEADER, splitBody } from '../../tensors/v2-binary.ts';
import { requestValue } from '../common/request-value.ts';
import { requireModel } from '../common/require-model.ts';

export interface TensorRequest {
  readonly tensors: Tensors;
  /** Whether the tensors lack the batch axis. */
  readonly isItem: boolean;
  /** Size of the batch axis; 1 for an item. */
  readonly rows: number;
  /** Outputs that are wanted; undefined means all. */
  readonly outputs: readonly string[] | undefined;
  /** Outputs → what is sent back. */
  answer(outputs: Tensors): unknown;
}

type Entries = readonly (readonly [TensorSpec, Tensor])[];

export function readTensorRequest(row: Row, index: number, context: HandlerContext): TensorRequest {
  const model = requireModel(context);
  try {
    const sent = pickValue(row, model);
    const jsonLength = context.requestHeader(index, JSON_LENGTH_HEADER);
    const parts = jsonLength !== undefined && sent instanceof Uint8Array ? splitBody(sent, jsonLength) : undefined;
    const value = parseText(parts?.json ?? sent, model);
    if (value instanceof Uint8Array && isNpy(value)) {
      const spec = requireOnly(model);
      return toRequest([[spec, fromNpy(value, spec)]], undefined, answerFor(index, context, true));
    }
    if (Array.isArray(value) || isScalar(value, model)) {
      const spec = requireOnly(model);
      return toRequest([[spec, fromLists(value, spec)]], undefined, answerFor(index, context, false));
    }
    if (!isRecord(value)) throw unknownForm(model);
    const v2 = readV2Request(value);
    if (v2 === undefined) return toRequest(readNamed(value, model), undefined, answerFor(index, context, false));
    const wanted = requireOutputs(
      v2.outputs?.map(({ name }) => name),
      model,
    );
    return toRequest(matchInputs(fromV2(v2, parts?.binary), model), wanted, (outputs) =>
      answerV2(v2, pick(outputs, wanted), index, context),
    );
  } catch (cause) {
    if (cause instanceof TensorError) throw new PredictionError(`${upperFirst(cause.message)}.`, 400);
    throw cause;
  }
}

function answerV2(request: V2Request, outputs: Tensors, index: number, context: HandlerContext): unknown {
  const head = { modelName: context.modelName, modelVersion: context.modelVersion, id: request.id };
  const isBinary = (name: string) => wantsBinary(request, name);
  if (!Object.keys(outputs).some(isBinary)) {
    context.setResponseContentType(index, 'application/json');
    return toV2(outputs, head);
  }
  const { body, jsonLength } = toV2Binary(outputs, head, isBinary);
  context.setResponseContentType(index, 'application/octet-stream');
  context.setResponseHeader(index, JSON_LENGTH_HEADER, String(jsonLength));
  return body;
}

/** A form whose fields are the inputs is one value; else the field data or the body is. */
function pickValue(row: Row, { inputs }: Model): unknown {
  const isForm = inputs.length > 0 && inputs.every(({ name }) => row[name] !== undefined);
  return isForm ? { ...row } : requestValue(row);
}

/** JSON that came without its type, as curl sends a file. A text that is none is itself a value for a model of strings. */
function parseText(value: unknown, model: Model): unknown {
  const text =
    typeof value === 'string' ? value : value instanceof Uint8Array && !isNpy(value) ? decode(value) : undefined;
  if (text === undefined) return value;
  const takesText = model.inputs.some(({ dtype }) => dtype === 'string');
  if (!/^\s*[[{]/.test(text) && (takesText || !SCALAR.test(text))) return takesText ? text : value;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TensorError(`the body is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

const SCALAR = /^\s*(-?\d[\d.eE+-]*|true|false)\s*$/;

/** One value, for a model that takes one or a list of them. */
function isScalar(value: unknown, { inputs: [only] }: Model): boolean {
  const isText = typeof value === 'string' && only?.dtype === 'string';
  return isText || typeof value === 'number' || typeof value === 'boolean';
}

const decode = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
const upperFirst = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

function unknownForm({ inputs }: Model): PredictionError {
  const names = inputs.map(({ name }) => name).join(', ');
  return new PredictionError(
    `Expected a JSON list, an object with a list for each of the inputs ${names}, KServe v2 JSON, or a numpy file.`,
    400,
  );
}

function requireOnly(model: Model): TensorSpec {
  const [only] = model.inputs;
  if (only === undefined || model.inputs.length !== 1) throw unknownForm(model);
  return only;
}

function readNamed(values: Readonly<Record<string, unknown>>, model: Model): Entries {
  return model.inputs.map((spec) => {
    const value = parseText(values[spec.name], { ...model, inputs: [spec] });
    if (value === undefined) throw missing(spec, Object.keys(values), model);
    return [spec, value instanceof Uint8Array && isNpy(value) ? fromNpy(value, spec) : fromLists(value, spec)] as const;
  });
}

function missing({ name }: TensorSpec, sent: readonly string[], { inputs }: Model): TensorError {
  const taken = inputs.map((input) => input.name).join(', ');
  return new TensorError(
    `input "${name}" is missing; the model takes ${taken}, and sent was ${sent.join(', ') || 'nothing'}`,
  );
}

/** numpy makes float64 and int64 unless told otherwise: numbers of another size are converted, as its own `same_kind` allows. */
function fromNpy(bytes: Uint8Array, { name, dtype }: TensorSpec): Tensor {
  try {
    return castTensor(parseNpy(bytes), dtype);
  } catch (cause) {
    if (cause instanceof TensorError) throw new TensorError(`input "${name}": ${cause.message}`);
    throw cause;
  }
}

function fromLists(value: unknown, { name, dtype, shape: expected }: TensorSpec): Tensor {
  try {
    const { shape, values } = flattenNested(value);
    // An empty list has nothing in it that could show the axes below.
    const hidden = values.length === 0 ? expected.slice(shape.length).map((size) => size ?? 0) : [];
    return { dtype, shape: [...shape, ...hidden], data: toTensorData(dtype, values) };
  } catch (cause) {
    if (cause instanceof TensorError) throw new TensorError(`input "${name}": ${cause.message}`);
    throw cause;
  }
}

function matchInputs(tensors: Tensors, model: Model): Entries {
  const { inputs } = model;
  const unknown = Object.keys(tensors).find((name) => !inputs.some((spec) => spec.name === name));
  if (unknown !== undefined)
    throw new TensorError(`the model has no input "${unknown}"; it has ${inputs.map(({ name }) => name).join(', ')}`);
  return inputs.map((spec) => {
    const tensor = tensors[spec.name];
    if (tensor === undefined) throw missing(spec, Object.keys(tensors), model);
    return [spec, tensor] as const;
  });
}

function requireOutputs(names: readonly string[] | undefined, { outputs }: Model): readonly string[] | undefined {
  const unknown = names?.find((name) => !outputs.some((output) => output.name === name));
  if (unknown !== undefined)
    throw new TensorError(`the model has no output "${unknown}"; it has ${outputs.map(({ name }) => name).join(', ')}`);
  return names?.length === 0 ? undefined : names;
}

function toRequest(
  entries: Entries,
  outputs: readonly string[] | undefined,
  answer: TensorRequest['answer'],
): TensorRequest {
  const items = entries.filter(([spec, tensor]) => lacksBatch(tensor, spec)).map(([{ name }]) => name);
  if (items.length > 0 && items.length < entries.length) throw mixed(items, entries);
  const tensors = Object.fromEntries(entries.map(([{ name }, tensor]) => [name, tensor]));
  const first = entries[0]?.[1].shape[0] ?? 1;
  const allAlike = entries.every(([, { shape }]) => shape[0] === first);
  const isItem = items.length > 0;
  return { tensors, isItem, rows: isItem ? 1 : allAlike ? first : 0, outputs, answer };
}

function mixed(items: readonly string[], entries: Entries): TensorError {
  const whole = entries.map(([{ name }]) => name).filter((name) => !items.includes(name));
  return new TensorError(
    `either all inputs have a batch axis or none has: ${whole.join(', ')} came whole, ${items.join(', ')} without the first axis`,
  );
}

/** Throws when the tensor fits the signature neither with nor without the batch axis. */
function lacksBatch({ dtype, shape }: Tensor, { name, dtype: wanted, shape: expected }: TensorSpec): boolean {
  if (dtype !== wanted) throw new TensorError(`input "${name}": expected ${wanted}, got ${dtype}`);
  if (fits(shape, expected)) return false;
  if (fits(shape, expected.slice(1))) return true;
  throw new TensorError(
    `input "${name}": expected shape [${expected.map((size) => size ?? '?').join(', ')}], with or without the first axis, got [${shape.join(', ')}]`,
  );
}

function fits(shape: readonly number[], expected: TensorSpec['shape']): boolean {
  return (
    shape.length === expected.length && shape.every((size, axis) => expected[axis] === null || expected[axis] === size)
  );
}

/** Nested lists, by name when there are several outputs; a numpy file to whoever asks for one, or sent one and asks for no JSON. */
function answerFor(index: number, context: HandlerContext, cameAsNpy: boolean): TensorRequest['answer'] {
  const accept = context.requestHeader(index, 'accept') ?? '';
  const wantsNpy = accept.includes(NPY_TYPE) || (cameAsNpy && !accept.includes('application/json'));
  return (outputs) => {
    const all = Object.values(outputs);
    const [only] = all;
    if (all.length !== 1 || only === undefined) return outputs;
    if (!wantsNpy || only.dtype === 'string') return only;
    context.setResponseContentType(index, NPY_TYPE);
    return toNpy(only);
  };
}

function pick(outputs: Tensors, wanted: readonly string[] | undefined): Tensors {
  return wanted === undefined ? outputs : Object.fromEntries(wanted.map((name) => [name, outputs[name] as Tensor]));
}
