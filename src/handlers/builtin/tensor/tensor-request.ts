/**
 * One request of tensors, in every form: a JSON list (of the model's only input), an object with a list for each input,
 * KServe's v2 JSON, a numpy file (of the only input), or a form with a field for each input that holds a list or a numpy file.
 */
import { type HandlerContext, type Model, PredictionError, type Row, type Tensor, type TensorSpec } from '../../sdk.ts';
import { flattenNested, TensorError, toTensorData } from '../../tensor-values.ts';
import { castTensor } from '../../tensors/cast.ts';
import { isNpy, parseNpy } from '../../tensors/npy.ts';
import { needExactIntegers, parseJson } from '../../tensors/parse-json.ts';
import { fromV2, readV2Request, type V2Request } from '../../tensors/v2.ts';
import { JSON_LENGTH_HEADER, splitBody } from '../../tensors/v2-binary.ts';
import { requestValue } from '../common/request-value.ts';
import { requireModel } from '../common/require-model.ts';
import { type Answer, answerPlain, answerV2 } from './tensor-answer.ts';
import {
  type ModelInputs,
  matchInputs,
  missingInput,
  requireOutputs,
  toModelInputs,
  unknownName,
} from './tensor-inputs.ts';

export interface TensorRequest extends ModelInputs {
  /** Requested outputs; undefined means all. */
  readonly outputs: readonly string[] | undefined;
  /** Outputs → the answer. */
  readonly answer: Answer;
}

type Entries = readonly (readonly [TensorSpec, Tensor])[];

export function readTensorRequest(row: Row, index: number, context: HandlerContext): TensorRequest {
  const model = requireModel(context);
  try {
    const sent = pickValue(row, model);
    const jsonLength = context.requestHeader(index, JSON_LENGTH_HEADER);
    const parts = jsonLength !== undefined && sent instanceof Uint8Array ? splitBody(sent, jsonLength) : undefined;
    const value = parseText(parts?.json ?? sent, model);
    const v2 = isRecord(value) ? readV2Request(value, parts !== undefined) : undefined;
    if (v2 !== undefined) return readV2(v2, parts?.binary, index, context);
    const entries = readPlain(value, model);
    const isNumpy = value instanceof Uint8Array;
    return { ...toModelInputs(entries), outputs: undefined, answer: answerPlain(index, context, isNumpy) };
  } catch (cause) {
    if (cause instanceof TensorError) throw new PredictionError(`${upperFirst(cause.message)}.`, 400);
    throw cause;
  }
}

function readV2(v2: V2Request, binary: Uint8Array | undefined, index: number, context: HandlerContext): TensorRequest {
  const model = requireModel(context);
  const outputs = requireOutputs(
    v2.outputs?.map(({ name }) => name),
    model,
  );
  const inputs = toModelInputs(matchInputs(fromV2(v2, binary), model));
  return { ...inputs, outputs, answer: answerV2(v2, outputs, index, context) };
}

function readPlain(value: unknown, model: Model): Entries {
  if (value instanceof Uint8Array && isNpy(value)) {
    const spec = requireOnly(model);
    return [[spec, fromNpy(value, spec)]];
  }
  if (Array.isArray(value) || isScalar(value, model)) {
    const spec = requireOnly(model);
    return [[spec, fromLists(value, spec)]];
  }
  if (!isRecord(value)) throw unknownForm(model);
  return readNamed(value, model);
}

/** Fields with the whole request (contract 6.2). */
const WHOLE = ['data', 'body'];
/** Fields next to `data` in an input of KServe v2, which the envelope of that name makes a row. */
const V2_INPUT = ['name', 'shape', 'datatype', 'parameters'];

/**
 * A form whose fields are the inputs is one value; otherwise the field `data` or the raw body is. Unknown fields beside a raw
 * body are query parameters and do not count.
 */
function pickValue(row: Row, { inputs }: Model): unknown {
  const names = Object.keys(row);
  const isForm = inputs.length > 0 && inputs.every(({ name }) => Object.hasOwn(row, name));
  if (isForm) return row;
  const isInput = (name: string) => inputs.some((input) => input.name === name);
  if (names.some(isInput) && !names.some((name) => WHOLE.includes(name))) return row;
  const known = [...WHOLE, ...(Object.hasOwn(row, 'datatype') ? V2_INPUT : [])];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined && Object.hasOwn(row, 'data')) throw unknownName('input', unknown, inputs);
  return requestValue(row);
}

/** Parses JSON without its content type. For a model with string inputs any other text is a value. */
function parseText(value: unknown, model: Model): unknown {
  const text =
    typeof value === 'string' ? value : value instanceof Uint8Array && !isNpy(value) ? decode(value) : undefined;
  if (text === undefined) return value;
  const takesText = model.inputs.some(({ dtype }) => dtype === 'string');
  if (!/^\s*[[{]/.test(text) && (takesText || !SCALAR.test(text))) return takesText ? text : value;
  try {
    return parseJson(text, { exactIntegers: needExactIntegers(model.inputs) });
  } catch (cause) {
    throw new TensorError(`the body is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

const SCALAR = /^\s*(-?\d[\d.eE+-]*|true|false|NaN|-?Infinity)\s*$/;

/** One value, for a model with a scalar input or a list of them. */
function isScalar(value: unknown, { inputs: [only] }: Model): boolean {
  const isText = typeof value === 'string' && only?.dtype === 'string';
  return isText || ['number', 'bigint', 'boolean'].includes(typeof value);
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
  const sent = Object.keys(values);
  const missing = model.inputs.find(({ name }) => !Object.hasOwn(values, name));
  if (missing !== undefined) throw missingInput(missing, sent, model);
  const unknown = sent.find((name) => !model.inputs.some((input) => input.name === name));
  if (unknown !== undefined) throw unknownName('input', unknown, model.inputs);
  return model.inputs.map((spec) => {
    const value = parseText(values[spec.name], { ...model, inputs: [spec] });
    return [spec, value instanceof Uint8Array && isNpy(value) ? fromNpy(value, spec) : fromLists(value, spec)] as const;
  });
}

/** numpy's defaults are float64 and int64: numbers of another size are converted, as its own `same_kind` allows. */
function fromNpy(bytes: Uint8Array, { name, dtype }: TensorSpec): Tensor {
  return naming(name, () => castTensor(parseNpy(bytes), dtype));
}

function fromLists(value: unknown, { name, dtype, shape: expected }: TensorSpec): Tensor {
  return naming(name, () => {
    const { shape, values } = flattenNested(value);
    // The axes below an empty list are unknown.
    const hidden = values.length === 0 ? expected.slice(shape.length).map((size) => size ?? 0) : [];
    return { dtype, shape: [...shape, ...hidden], data: toTensorData(dtype, values) };
  });
}

/** Puts the input's name before a TensorError. */
function naming(name: string, read: () => Tensor): Tensor {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof TensorError) throw new TensorError(`input "${name}": ${cause.message}`);
    throw cause;
  }
}
