/** Requirements of the built-in handlers on the model; each refusal names what was found. */
import { describeError, ToolError } from '../../../core/errors.ts';
import { type HandlerContext, type Model, PredictionError, type TensorSpec, type Tensors } from '../../sdk.ts';

/** What decides whether a built-in handler can work at all: known before anything is loaded. */
export interface LoadFacts extends Pick<HandlerContext, 'manifest' | 'model' | 'modelConfig'> {
  /** What the model's file says about itself. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The model; an input it cannot run on is the client's mistake, since these handlers pass on the client's input. */
export function requireModel(context: LoadFacts): Model {
  const { model } = context;
  if (model !== undefined) return { ...model, run: (inputs, outputs) => runOrRefuse(model, inputs, outputs) };
  const file = readManifestModel(context).serializedFile;
  const found = file === undefined ? 'the archive has no serialized file' : `its serialized file is ${file}`;
  throw refuse(context, `built-in handlers run here over an .onnx file, and ${found}`);
}

/** Not the client's mistake; the server has its own status for it. */
const OUT_OF_MEMORY = /memory|alloc/i;

async function runOrRefuse(model: Model, inputs: Tensors, outputs: readonly string[] | undefined): Promise<Tensors> {
  try {
    return await model.run(inputs, outputs);
  } catch (cause) {
    const reason = describeError(cause);
    if (OUT_OF_MEMORY.test(reason)) throw cause;
    throw new PredictionError(`The model cannot run on this input: ${reason.replace(/\.$/, '')}.`, 400);
  }
}

export function requireOneInput(context: LoadFacts): TensorSpec {
  const { inputs } = requireModel(context);
  const [only] = inputs;
  if (only !== undefined && inputs.length === 1) return only;
  throw refuse(
    context,
    `it takes models with one input, and this one has ${inputs.map(({ name }) => name).join(', ') || 'none'}`,
  );
}

/** The output named by `postprocess.name`, or the first. */
export function requireOutput({ outputs }: Model, name: string | undefined): TensorSpec {
  const found = name === undefined ? outputs[0] : outputs.find((output) => output.name === name);
  if (found !== undefined) return found;
  const names = outputs.map((output) => output.name).join(', ') || 'none';
  throw new ToolError('CONFIG_INVALID', {
    path: 'model-config.yaml',
    reason: `postprocess.name is ${name}; the model's outputs are ${names}`,
  });
}

/** The same, for handlers that answer a score for each class: an output with more axes is not a list of classes. */
export function requireScores(model: Model, name: string | undefined): TensorSpec {
  const output = requireOutput(model, name);
  if (output.shape.slice(2).every((size) => size === 1 || size === null)) return output;
  throw new ToolError('CONFIG_INVALID', {
    path: 'model-config.yaml',
    reason: `output "${output.name}" has shape [${output.shape.map((size) => size ?? '?').join(', ')}], and a classifier needs one score a class; postprocess.name picks another output, and base_handler answers tensors of any shape`,
  });
}

function refuse(context: LoadFacts, reason: string): ToolError {
  return new ToolError('HANDLER_UNSUPPORTED', { handler: readManifestModel(context).handler ?? 'built-in', reason });
}

/** The manifest has been checked by its schema when it reaches a handler. */
function readManifestModel({ manifest }: LoadFacts): { serializedFile?: string; handler?: string } {
  return manifest.model ?? {};
}
