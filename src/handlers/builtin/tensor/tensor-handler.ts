/**
 * TorchServe's base_handler over ONNX: tensors in, tensors out. An answer has the form of its request: nested JSON
 * lists, a numpy file, or KServe's v2 JSON (tensor-request.ts).
 */
import type { Handler, HandlerContext, Row, Tensor, Tensors } from '../../sdk.ts';
import { requireModel } from '../common/require-model.ts';
import { runItems } from '../common/run-items.ts';
import { readTensorRequest, type TensorRequest } from './tensor-request.ts';

export function createTensorHandler(): Handler<unknown, unknown> {
  return {
    initialize: (context) => void requireModel(context),
    handle: (rows, context) => answerAll(rows, context),
  };
}

async function answerAll(rows: readonly Row[], context: HandlerContext): Promise<unknown[]> {
  const requests = rows.map((row, index) => readTensorRequest(row, index, context));
  const outputs = await runAll(requests, context);
  return outputs.map((tensors, index) => requests[index]?.answer(tensors));
}

/**
 * Batches items, and batches of one row, into one run if the model's rows are independent; a larger batch is a run of
 * its own.
 */
async function runAll(requests: readonly TensorRequest[], context: HandlerContext): Promise<Tensors[]> {
  const model = requireModel(context);
  const [only] = requests;
  if (only !== undefined && requests.length === 1 && !only.isItem) return [await model.run(only.tensors, only.outputs)];
  const free = model.rowsIndependent === true && model.inputs.every(({ shape }) => shape[0] === null);
  const isSingle = ({ isItem, rows }: TensorRequest) => !isItem && rows === 1 && free;
  const together = requests.filter((request) => request.isItem || isSingle(request));
  const items = together.map((request) => (request.isItem ? request.tensors : mapTensors(request.tensors, dropAxis)));
  const answers = await runItems(items, model);
  const joined = new Map(together.map((request, index) => [request, answers[index]]));
  const results: Tensors[] = [];
  for (const request of requests) {
    const answer = joined.get(request);
    if (answer === undefined) results.push(await model.run(request.tensors, request.outputs));
    else results.push(request.isItem ? answer : mapTensors(answer, addAxis));
  }
  return results;
}

const dropAxis = ({ dtype, shape, data }: Tensor): Tensor => ({ dtype, shape: shape.slice(1), data });
const addAxis = ({ dtype, shape, data }: Tensor): Tensor => ({ dtype, shape: [1, ...shape], data });

function mapTensors(tensors: Tensors, change: (tensor: Tensor) => Tensor): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor)]));
}
