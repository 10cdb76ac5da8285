/**
 * TorchServe's service envelopes (contract 6.8): one handler serves several protocols. An envelope unpacks each request into
 * any number of rows, and packs their answers into one.
 */
import { ToolError } from '../../core/errors.ts';
import type { HandlerContext, Row } from '../../handlers/sdk.ts';
import { isNumbers, isTensor } from '../../handlers/tensor-values.ts';
import { parseJson } from '../../handlers/tensors/parse-json.ts';
import { toPythonJson } from '../../handlers/tensors/python-json.ts';
import { fromV2, readV2Request, toJsonOutput } from '../../handlers/tensors/v2.ts';
import { JSON_LENGTH_HEADER, splitBody } from '../../handlers/tensors/v2-binary.ts';
import { HandlerFault } from './failure.ts';

const envelopeNames = ['body', 'json', 'kserve', 'kservev2'] as const;
export type EnvelopeName = (typeof envelopeNames)[number];

/** Undefined for no envelope. */
export function parseEnvelope(text: string): EnvelopeName | undefined {
  if (text === '') return undefined;
  const found = envelopeNames.find((name) => name === text);
  if (found !== undefined) return found;
  const expected = envelopeNames.join(', ');
  throw new ToolError('INVALID_OPTION', { option: 'service_envelope', found: text, expected });
}

interface Closing {
  readonly context: HandlerContext;
  readonly explain: boolean;
  /** Position of the request in the batch. */
  readonly index: number;
}

interface Envelope {
  open(value: unknown): readonly unknown[];
  close(answers: readonly unknown[], value: unknown, closing: Closing): unknown;
}

const envelopes: Readonly<Record<EnvelopeName, Envelope>> = {
  body: { open: (value) => [value], close: ([answer]) => answer },
  json: {
    open: (value) => listOf(value, 'instances').map(decodeBase64),
    close: (answers) => toOneLine(toPythonJson({ predictions: answers })),
  },
  kserve: {
    open: (value) => listOf(value, 'instances'),
    close: (answers, _value, { explain }) => (explain ? { explanations: answers } : { predictions: answers }),
  },
  kservev2: {
    open: (value) => listOf(value, 'inputs').map(openInput),
    close: closeV2,
  },
};

/** Runs a handler inside the envelope. Rows keep the index of their request, for its headers and its answer. */
export async function runEnveloped(
  name: EnvelopeName,
  rows: readonly Row[],
  context: HandlerContext,
  options: {
    readonly explain: boolean;
    readonly exactIntegers: boolean;
    run(rows: readonly Row[], context: HandlerContext): unknown;
  },
): Promise<unknown[]> {
  const envelope = envelopes[name];
  const values = rows.map((row, index) => {
    const value = row.data ?? row.body;
    const jsonLength = name === 'kservev2' ? context.requestHeader(index, JSON_LENGTH_HEADER) : undefined;
    return jsonLength !== undefined && value instanceof Uint8Array
      ? openBinary(value, jsonLength, options.exactIntegers)
      : parseBytes(value, options.exactIntegers);
  });
  const opened = values.map((value) => envelope.open(value));
  const owners = opened.flatMap((items, index) => items.map(() => index));
  const answers = await options.run(opened.flat().map(toRow), forRows(context, owners));
  if (!Array.isArray(answers) || answers.length !== owners.length)
    throw new HandlerFault('the handler must answer with a list, one answer for each row');
  return values.map((value, index) => {
    const own = answers.filter((_, row) => owners[row] === index);
    return envelope.close(own, value, { context, explain: options.explain, index });
  });
}

/** Maps row indexes of the handler to request indexes. */
function forRows(context: HandlerContext, owners: readonly number[]): HandlerContext {
  const owner = (row: number) => owners[row] ?? row;
  return {
    ...context,
    requestIds: owners.map((index) => context.requestIds[index] ?? ''),
    requestHeader: (row, name) => context.requestHeader(owner(row), name),
    requestHeaders: (row) => context.requestHeaders(owner(row)),
    sequenceId: (row) => context.sequenceId(owner(row)),
    setResponseStatus: (row, code, reason) => context.setResponseStatus(owner(row), code, reason),
    setResponseHeader: (row, name, value) => context.setResponseHeader(owner(row), name, value),
    setResponseContentType: (row, type) => context.setResponseContentType(owner(row), type),
  };
}

/** JSON without a content type. */
function parseBytes(value: unknown, exactIntegers: boolean): unknown {
  if (!(value instanceof Uint8Array) && typeof value !== 'string') return value;
  try {
    const text = typeof value === 'string' ? value : Buffer.from(value).toString('utf8');
    return parseJson(text, { exactIntegers });
  } catch {
    return value;
  }
}

/** A request with data after its JSON, as the equivalent request without that extension. */
function openBinary(body: Uint8Array, jsonLength: string, exactIntegers: boolean): unknown {
  const { json, binary } = splitBody(body, jsonLength);
  const value = parseBytes(json, exactIntegers);
  const request = isRecord(value) ? readV2Request(value) : undefined;
  if (request === undefined) return value;
  const plain = (value: unknown) => (typeof value === 'bigint' && !exactIntegers ? Number(value) : value);
  const inputs = fromV2(request, binary).map(([name, tensor]) => {
    const input = toJsonOutput(name, tensor);
    return { ...input, data: flatten(input.data).map(plain) };
  });
  return { ...request, inputs };
}

function listOf(value: unknown, key: string): readonly unknown[] {
  const list = isRecord(value) ? value[key] : undefined;
  if (!Array.isArray(list)) throw new HandlerFault(`the request has no list of ${key}`);
  return list;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** A value without keys is the row's `data`. */
function toRow(value: unknown): Row {
  return isRecord(value) ? value : { data: value };
}

/** `{"b64": "…"}` are bytes, as an instance or as a column of one. */
function decodeBase64(instance: unknown): unknown {
  if (!isRecord(instance)) return instance;
  if (typeof instance.b64 === 'string') return Buffer.from(instance.b64, 'base64');
  return Object.fromEntries(Object.entries(instance).map(([name, value]) => [name, decodeBase64(value)]));
}

/** BYTES becomes its first element, other data nested lists of the shape. */
function openInput(input: unknown): unknown {
  if (!isRecord(input) || !Array.isArray(input.data)) throw new HandlerFault('an input has no data');
  if (input.datatype === 'BYTES') return { ...input, data: input.data[0] };
  const shape: unknown = input.shape;
  if (!Array.isArray(shape) || !shape.every((size) => Number.isInteger(size) && size >= 0))
    throw new HandlerFault('an input has no shape');
  const flat = input.data.flat(Number.POSITIVE_INFINITY);
  if (flat.length !== shape.reduce((product: number, size: number) => product * size, 1))
    throw new HandlerFault('the data of an input does not match its shape');
  return { ...input, data: nest(flat, shape) };
}

function nest(values: readonly unknown[], [size = 1, ...inner]: readonly number[]): unknown {
  if (inner.length === 0) return values;
  const step = size === 0 ? 0 : values.length / size;
  return Array.from({ length: size }, (_, i) => nest(values.slice(i * step, (i + 1) * step), inner));
}

/**
 * Every answer becomes an output with the name of its input: a tensor unchanged, anything else flat, as in TorchServe.
 */
function closeV2(answers: readonly unknown[], value: unknown, { context, index }: Closing): unknown {
  const inputs = listOf(value, 'inputs');
  const id = isRecord(value) && typeof value.id === 'string' ? value.id : context.requestIds[index];
  const outputs = answers.map((answer, i) => {
    const input = inputs[i];
    const name = isRecord(input) ? input.name : null;
    if (isTensor(answer)) return toJsonOutput(name, answer);
    const data = flatten(answer);
    return { name, datatype: datatypeOf(data), data, shape: [data.length] };
  });
  return { id, model_name: context.modelName, model_version: context.modelVersion, outputs };
}

function flatten(answer: unknown): readonly unknown[] {
  if (isNumbers(answer)) return [...answer];
  if (!Array.isArray(answer)) return [answer];
  return answer.flatMap(flatten);
}

/** The types that numpy chooses for such Python values. */
function datatypeOf(data: readonly unknown[]): string {
  if (data.every((value) => typeof value === 'boolean')) return 'BOOL';
  if (data.every((value) => typeof value === 'bigint' || Number.isSafeInteger(value))) return 'INT64';
  return data.every((value) => typeof value === 'number' || typeof value === 'bigint') ? 'FP64' : 'BYTES';
}

/** Removes the indent; JSON strings contain no raw line breaks. */
function toOneLine(json: string): string {
  return json.replace(/,\n */g, ', ').replace(/\n */g, '');
}
