/** Outputs → the answer, in the form of the request. */
import type { HandlerContext, Model, Tensors } from '../../sdk.ts';
import { tensorOf } from '../../tensor-values.ts';
import { NPY_TYPE, toNpy } from '../../tensors/npy.ts';
import { type NamedTensors, toV2, toV2Binary, type V2Request, wantsBinary } from '../../tensors/v2.ts';
import { JSON_LENGTH_HEADER } from '../../tensors/v2-binary.ts';
import { requireModel } from '../common/require-model.ts';

export type Answer = (outputs: Tensors) => unknown;

/** Nested lists, by name when there are several outputs; a numpy file if asked for, or if sent and no JSON is asked for. */
export function answerPlain(index: number, context: HandlerContext, cameAsNpy: boolean): Answer {
  const accept = context.requestHeader(index, 'accept') ?? '';
  const wantsNpy = accept.includes(NPY_TYPE) || (cameAsNpy && !accept.includes('application/json'));
  const model = requireModel(context);
  return (outputs) => {
    const all = inOrder(outputs, undefined, model);
    const [only] = all;
    if (all.length !== 1 || only === undefined) return new Map(all);
    if (!wantsNpy || only[1].dtype === 'string') return only[1];
    context.setResponseContentType(index, NPY_TYPE);
    return toNpy(only[1]);
  };
}

/** KServe v2 JSON, followed by the tensors that are requested in binary. */
export function answerV2(
  request: V2Request,
  wanted: readonly string[] | undefined,
  index: number,
  context: HandlerContext,
): Answer {
  const head = { modelName: context.modelName, modelVersion: context.modelVersion, id: request.id };
  const isBinary = (name: string) => wantsBinary(request, name);
  const model = requireModel(context);
  return (outputs) => {
    const named = inOrder(outputs, wanted, model);
    if (!named.some(([name]) => isBinary(name))) {
      context.setResponseContentType(index, 'application/json');
      return toV2(named, head);
    }
    const { body, jsonLength } = toV2Binary(named, head, isBinary);
    context.setResponseContentType(index, 'application/octet-stream');
    context.setResponseHeader(index, JSON_LENGTH_HEADER, String(jsonLength));
    return body;
  };
}

/** In the client's order, else the model's: the keys of an object would sort names that are numbers first. */
function inOrder(outputs: Tensors, wanted: readonly string[] | undefined, model: Model): NamedTensors {
  const names = wanted ?? model.outputs.map(({ name }) => name);
  return names.filter((name) => Object.hasOwn(outputs, name)).map((name) => [name, tensorOf(outputs, name)] as const);
}
