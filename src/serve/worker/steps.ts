/** Runs the steps of a handler without `handle` over one batch. */
import type { Handler, HandlerContext, Row, Tensors } from '../../handlers/sdk.ts';
import { splitBatch } from '../../handlers/split-batch.ts';
import { HandlerFault } from './failure.ts';

/** A handler of unknown types. */
export type AnyHandler = Handler<unknown, unknown>;

export async function runSteps(handler: AnyHandler, rows: readonly Row[], context: HandlerContext): Promise<unknown> {
  const inputs = handler.preprocess ? await handler.preprocess(rows, context) : rows;
  const outputs = handler.inference ? await handler.inference(inputs, context) : await runModel(inputs, context);
  if (handler.postprocess) return handler.postprocess(outputs, context);
  // As TorchServe's base handler: without a postprocess step each request gets its row of the outputs.
  if (Array.isArray(outputs)) return outputs;
  // A handler of unknown types: a value that is not a tensor by name fails where it is split.
  const tensors = outputs as Tensors;
  return splitBatch(tensors, rows.length, namesOf(tensors, context));
}

/** In the model's order, if the outputs are the model's: the keys of an object sort names that are numbers first. */
function namesOf(outputs: Tensors, { model }: HandlerContext): readonly string[] {
  const own = Object.keys(outputs);
  const names = model?.outputs.map(({ name }) => name) ?? [];
  return own.every((name) => names.includes(name)) ? names : own;
}

function runModel(inputs: unknown, { model }: HandlerContext): Promise<Tensors> {
  if (model === undefined)
    throw new HandlerFault('the handler has no inference step and the archive has no ONNX model');
  // onnxruntime checks names, types and shapes of what preprocess returned.
  return model.run(inputs as Tensors);
}
