/** A ModelInfer request as a handler gets it: with the data after its JSON where it reads that, otherwise as JSON alone. */
import { TensorError } from '../../../handlers/tensor-values.ts';
import { toPythonJson } from '../../../handlers/tensors/python-json.ts';
import { toJsonOutput, v2Types } from '../../../handlers/tensors/v2.ts';
import { decodeBinary, JSON_LENGTH_HEADER, splitStrings } from '../../../handlers/tensors/v2-binary.ts';
import type { InferenceRequest } from '../../protocol/messages.ts';
import type { InferParameter, ModelInferRequest } from '../messages/open-inference.ts';
import { type Datatype, fromContents, toDatatype } from './contents.ts';

interface Input {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly bytes: Uint8Array;
}

/** Throws a TensorError for contents that are missing, or that contradict each other. */
export function toInferenceRequest(id: string, request: ModelInferRequest, takesBinary: boolean): InferenceRequest {
  const inputs = readInputs(request);
  return takesBinary ? withBinary(id, request, inputs) : asJson(id, request, inputs);
}

/**
 * The protocol wants raw contents of all inputs or of none; KServe's own client sends those of half floats alone, so they
 * belong to the inputs that have no typed ones, in order.
 */
function readInputs({ inputs, rawInputContents: raw }: ModelInferRequest): Input[] {
  const rest = inputs.filter(({ contents }) => contents === undefined);
  if (raw.length > 0 && raw.length !== rest.length)
    throw new TensorError(
      `${rest.length} of the inputs have no typed contents, and raw ones are there for ${raw.length}`,
    );
  return inputs.map((input) => {
    const { name, shape, parameters, contents } = input;
    const datatype = toDatatype(input.datatype);
    if (datatype === undefined) {
      const known = Object.keys(v2Types).join(', ');
      throw new TensorError(`input "${name}": expected a datatype of ${known}, got "${input.datatype}"`);
    }
    const bytes =
      contents === undefined ? (raw[rest.indexOf(input)] ?? NOTHING) : fromContents(name, datatype, contents);
    return { name, datatype, shape: shape.map(Number), parameters: toObject(parameters), bytes };
  });
}

const NOTHING = new Uint8Array();

/** The form of the protocol's binary extension over HTTP: nothing is converted, and the answer comes back so too. */
function withBinary(id: string, request: ModelInferRequest, inputs: readonly Input[]): InferenceRequest {
  const json = Buffer.from(
    toPythonJson({
      ...headOf(request),
      parameters: { ...toObject(request.parameters), binary_data_output: true },
      inputs: inputs.map(({ bytes, parameters, ...input }) => ({
        ...input,
        parameters: { ...parameters, binary_data_size: bytes.length },
      })),
    }),
  );
  const value = Buffer.concat([json, ...inputs.map(({ bytes }) => bytes)]);
  return {
    id,
    headers: [[JSON_LENGTH_HEADER, String(json.length)]],
    parameters: [{ name: 'body', contentType: 'application/octet-stream', value }],
  };
}

/** As TorchServe hands it to Python handlers and to the envelope of KServe v2, byte strings in Base64. */
function asJson(id: string, request: ModelInferRequest, inputs: readonly Input[]): InferenceRequest {
  const text = toPythonJson({
    ...headOf(request),
    model_name: request.modelName,
    ...(request.parameters.size === 0 ? {} : { parameters: toObject(request.parameters) }),
    inputs: inputs.map(({ name, datatype, shape, parameters, bytes }) => ({
      ...(datatype === 'BYTES'
        ? { name, datatype, shape, data: splitStrings(name, bytes).map((one) => one.toString('base64')) }
        : toJsonOutput(name, decodeBinary(name, v2Types[datatype], shape, bytes))),
      ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
    })),
  });
  return { id, headers: [], parameters: [{ name: 'body', contentType: 'application/json', value: Buffer.from(text) }] };
}

function headOf({ id, outputs }: ModelInferRequest): Record<string, unknown> {
  return {
    ...(id === '' ? {} : { id }),
    ...(outputs.length === 0 ? {} : { outputs: outputs.map(({ name }) => ({ name })) }),
  };
}

function toObject(parameters: ReadonlyMap<string, InferParameter>): Record<string, unknown> {
  return Object.fromEntries(
    [...parameters].map(([name, one]) => [
      name,
      one.boolParam ?? one.int64Param ?? one.stringParam ?? one.doubleParam ?? one.uint64Param ?? null,
    ]),
  );
}
