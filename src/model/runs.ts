import { MANIFEST_PATH } from '../core/paths.ts';
import { isOnnxName } from '../weights/onnx-name.ts';
import { isRuntime, type Manifest } from './documents/manifest.ts';
import type { ModelFacts } from './facts.ts';
import { isOnnxBuiltin, onnxBuiltins, upstreamBuiltinNames } from './handler/builtin-names.ts';
import type { HandlerReference } from './handler/handler-reference.ts';

/** Why a server cannot run an archive, for rules about a single reason. */
export type Obstacle =
  | 'structure'
  | 'manifest'
  | 'runtime'
  | 'no-handler'
  | 'missing-handler'
  | 'cpp'
  | 'no-weights'
  | 'no-model-class'
  | 'no-builtin'
  | 'onnx-in-torchserve';

/** Whether a server can answer predictions with an archive. */
export interface RunVerdict {
  readonly server: 'mar serve' | 'TorchServe';
  readonly able: 'yes' | 'no' | 'unknown';
  /** One sentence: what is needed, or what prevents it. */
  readonly why: string;
  readonly obstacle?: Obstacle;
}

type Verdict = Omit<RunVerdict, 'server'>;

const yes = (why: string): Verdict => ({ able: 'yes', why });
const no = (obstacle: Obstacle, why: string): Verdict => ({ able: 'no', why, obstacle });
const unknown = (why: string): Verdict => ({ able: 'unknown', why });

/** Which servers can run a model archive, and why (not): used by `inspect` and by the rules. */
export async function judgeRuns(facts: ModelFacts, { isSound = true } = {}): Promise<readonly RunVerdict[]> {
  return [
    { server: 'mar serve', ...(isSound ? await judgeMarServe(facts) : no('structure', BROKEN)) },
    { server: 'TorchServe', ...(await judgeTorchServe(facts)) },
  ];
}

const BROKEN = 'Its structure is refused: see the findings.';
const NO_MANIFEST = 'It has no readable manifest.';

export async function judgeMarServe(facts: ModelFacts): Promise<Verdict> {
  const reading = await facts.manifest();
  if (reading.kind !== 'ok') return no('manifest', NO_MANIFEST);
  const { runtime } = reading.manifest;
  if (runtime !== undefined && !isRuntime(runtime)) return unknownRuntime(runtime);
  const handler = await facts.handler();
  switch (handler.kind) {
    case 'none':
      return no('no-handler', 'The manifest names no handler.');
    case 'missing':
      return missingHandler(handler);
    case 'python':
      return yes("Its handler is Python: TorchServe's own worker runs it, with a Python that has torchserve.");
    case 'cpp':
      return no('cpp', 'Its handler is a C++ library.');
    case 'module':
      return yes('Its handler is a JavaScript module.');
    case 'builtin':
      return judgeOwnBuiltin(facts, handler.name);
  }
}

async function judgeOwnBuiltin(facts: ModelFacts, name: string): Promise<Verdict> {
  const { serializedFile } = await facts.model();
  const gap = await findWeightsGap(facts);
  if (gap !== undefined) return no(gap.obstacle, gap.why);
  if (!isOnnxName(serializedFile) && !upstreamBuiltinNames.has(name))
    return no('no-builtin', `Its built-in ${name} runs over ONNX weights, and these are ${serializedFile}.`);
  if (!isOnnxName(serializedFile))
    return yes(`TorchServe's own worker runs its built-in ${name}, with a Python that has torchserve.`);
  if (isOnnxBuiltin(name)) return yes(`ONNX weights with the built-in ${name}.`);
  return no('no-builtin', `It has no built-in ${name} over ONNX; it has ${onnxBuiltins.join(', ')}.`);
}

export async function judgeTorchServe(facts: ModelFacts): Promise<Verdict> {
  const reading = await facts.manifest();
  const flaw = findManifestFlaw(reading.kind === 'ok' ? reading.manifest : undefined);
  if (flaw !== undefined) return flaw;
  const handler = await facts.handler();
  switch (handler.kind) {
    case 'none':
      return unknown('No handler: it depends on default_service_handler in config.properties.');
    case 'missing':
      return missingHandler(handler);
    case 'module':
      return no('runtime', 'It refuses the runtime nodejs.');
    case 'python':
      return yes('Its handler is Python.');
    case 'cpp':
      return unknown('It needs the C++ backend.');
    case 'builtin':
      return judgeTheirBuiltin(facts, handler);
  }
}

async function judgeTheirBuiltin(
  facts: ModelFacts,
  { name, counterpart }: HandlerReference & { kind: 'builtin' },
): Promise<Verdict> {
  if (!upstreamBuiltinNames.has(name))
    return no('onnx-in-torchserve', `It has no built-in handler ${name}: that one is ours, over ONNX.`);
  if (counterpart !== undefined) return yes(`${counterpart} runs the ONNX weights there; it needs onnxruntime.`);
  const gap = await findWeightsGap(facts);
  if (gap !== undefined) return no(gap.obstacle, gap.why);
  if (FETCHING.has(name)) return yes(`Its built-in ${name} fetches the weights by name.`);
  // Its built-in handlers call an ONNX session as if it were a function (contract 6.1).
  if (isOnnxName((await facts.model()).serializedFile))
    return no(
      'onnx-in-torchserve',
      'It loads the archive, then fails every prediction: its built-in handlers cannot call ONNX.',
    );
  return yes(`PyTorch weights with the built-in ${name}.`);
}

function missingHandler({ text }: { readonly text: string }): Verdict {
  return no('missing-handler', `The handler ${JSON.stringify(text)} is not in the archive.`);
}

/** TorchServe's own checks, in its order (contract 2.3). */
function findManifestFlaw(manifest: Manifest | undefined): Verdict | undefined {
  if (!manifest) return no('manifest', NO_MANIFEST);
  if (!manifest.model) return no('manifest', 'The manifest has no model.');
  if (!manifest.model.modelName) return no('manifest', 'The manifest names no model (model.modelName).');
  if (manifest.runtime === 'nodejs') return no('runtime', 'It refuses the runtime nodejs.');
  if (manifest.runtime !== undefined && !isRuntime(manifest.runtime)) return unknownRuntime(manifest.runtime);
  return undefined;
}

function unknownRuntime(runtime: string): Verdict {
  return no('runtime', `It does not know the runtime ${JSON.stringify(runtime)}.`);
}

/** Language model handlers, which download their weights by name. */
const FETCHING: ReadonlySet<string> = new Set(['vllm_handler', 'trt_llm_handler']);

/** Weights that the base handlers load without a custom class (contract 6.1), and the ORT format, which runs here. */
const SELF_CONTAINED = /\.(pt|onnx|ort|so|pt2)$/;

/** What a built-in handler needs and lacks to load its weights. */
export interface WeightsGap {
  readonly obstacle: 'no-weights' | 'no-model-class';
  readonly why: string;
  readonly hint: string;
  readonly at: { readonly member: string; readonly pointer?: string };
}

/** Undefined if the handler is not built in, or has all it needs. */
export async function findWeightsGap(facts: ModelFacts): Promise<WeightsGap | undefined> {
  const handler = await facts.handler();
  const { serializedFile, modelFile } = await facts.model();
  if (handler.kind !== 'builtin' || FETCHING.has(handler.name)) return undefined;
  if (!serializedFile) {
    return {
      obstacle: 'no-weights',
      why: `The built-in handler ${handler.name} needs weights, and the manifest names no serializedFile${modelFile ? ' next to the modelFile' : ''}.`,
      hint: 'Pack the files again with --serialized-file.',
      at: { member: MANIFEST_PATH, pointer: '/model/serializedFile' },
    };
  }
  if (modelFile || SELF_CONTAINED.test(serializedFile)) return undefined;
  return {
    obstacle: 'no-model-class',
    why: `The built-in handler ${handler.name} cannot load ${JSON.stringify(serializedFile)} by itself, and the manifest names no modelFile.`,
    hint: 'Pack the class with --model-file, or export the model as TorchScript (.pt) or ONNX.',
    at: { member: MANIFEST_PATH, pointer: '/model/modelFile' },
  };
}
