import type { HandlerContext, Row } from '../../handlers/sdk.ts';
import { needExactIntegers } from '../../handlers/tensors/parse-json.ts';
import { detectHandler } from '../../model/handler/handler-reference.ts';
import {
  type Batching,
  findHeader,
  type InferenceRequest,
  type LoadRequest,
  type Prediction,
  type WorkerResponse,
} from '../protocol/messages.ts';
import { checkAnswers, toFailedPrediction, toFailedResponse, toResponse } from './answers.ts';
import { createBatchContext, type ModelContext } from './batch-context.ts';
import { type EnvelopeName, parseEnvelope, runEnveloped } from './envelope.ts';
import { type Failure, HandlerFault, toFailure } from './failure.ts';
import { loadHandler } from './load-handler.ts';
import { type Environment, loadModel, type ModelFolder, probeBatching, readFolder } from './load-model.ts';
import { createMeter, type Meter, type MetricLines } from './meter.ts';
import type { LoadedModel } from './onnx/onnx-runtime.ts';
import { toRow } from './rows.ts';
import { type AnyHandler, runSteps } from './steps.ts';

export interface Runner {
  /** Never rejects: a failing handler is an answer. */
  predict(requests: readonly InferenceRequest[]): Promise<WorkerResponse>;
  /** Execution provider ("cpu", "cuda", …); undefined without an ONNX model. */
  readonly provider: string | undefined;
  /** Whether requests are batched into one run of the model; undefined if the handler decides, or it was not tried. */
  readonly batching: Batching | undefined;
  /**
   * Whether batches may overlap: true for built-in handlers, which keep no state between requests, so that one image is
   * decoded while the model runs on another. A custom handler runs one batch at a time.
   */
  readonly overlaps: boolean;
  close(): Promise<void>;
}

/** Sinks for log lines and metric lines (contract 5.5). */
export interface RunnerOutput {
  readonly metrics: MetricLines;
  log(line: string): void;
}

const silent: RunnerOutput = { metrics: { add() {}, replace() {} }, log() {} };

/** Throws a ToolError for whatever is wrong with folder, manifest, configuration, model or handler, its `initialize` included. */
export async function createRunner(
  load: LoadRequest,
  env: Environment,
  output: RunnerOutput = silent,
): Promise<Runner> {
  const folder = await readFolder(load.modelPath);
  const model = await loadModel(folder, load, env);
  if (model?.note !== undefined) output.log(model.note);
  for (const name of model?.omitted ?? [])
    output.log(`The output "${name}" is a sequence, map or optional value and is left out of answers.`);
  try {
    const job = await prepareJob(load, folder, model, output, env);
    return {
      provider: model?.provider,
      overlaps: job.isBuiltin,
      batching: job.batching,
      predict: (requests) => predict(job, requests),
      close: async () => model?.close(),
    };
  } catch (error) {
    await model?.close();
    throw error;
  }
}

async function prepareJob(
  load: LoadRequest,
  folder: ModelFolder,
  model: LoadedModel | undefined,
  output: RunnerOutput,
  env: Environment,
): Promise<Job> {
  // A register request may override the manifest's handler.
  const manifest = { ...folder.manifest, model: { ...folder.manifest.model, handler: load.handler } };
  const found = detectHandler(manifest, folder.members);
  const handler = await loadHandler(load.handler, found, folder.path);
  const isBuiltin = found.kind === 'builtin';
  const batching = isBuiltin ? await probeBatching(load, model) : undefined;
  const rowsIndependent = batching === undefined ? {} : { rowsIndependent: batching.joined };
  const modelContext = toModelContext(load, folder, model && { ...model, ...rowsIndependent }, output, env);
  const meter = createMeter(load.modelName, output.metrics);
  await handler.initialize?.(createBatchContext(modelContext, [], meter).context);
  return {
    handler,
    isBuiltin,
    exactIntegers: isBuiltin && needExactIntegers(model?.inputs ?? []),
    batching,
    modelContext,
    meter,
    decode: env.TS_DECODE_INPUT_REQUEST !== 'false',
    keepsState: folder.config.sequenceBatching === true || folder.config.continuousBatching === true,
    envelope: parseEnvelope(load.envelope),
    log: output.log,
  };
}

interface Job {
  readonly handler: AnyHandler;
  /** Built-in handlers may overlap. */
  readonly isBuiltin: boolean;
  /** For built-in handlers; a custom one gets plain numbers. */
  readonly exactIntegers: boolean;
  readonly batching: Batching | undefined;
  readonly modelContext: ModelContext;
  readonly meter: Meter;
  readonly decode: boolean;
  /** It has requests of sequences, or parts of answers: the failed run may have changed their state. */
  readonly keepsState: boolean;
  readonly envelope: EnvelopeName | undefined;
  readonly log: (line: string) => void;
}

function toModelContext(
  load: LoadRequest,
  { path, manifest, config }: ModelFolder,
  model: LoadedModel | undefined,
  { log }: RunnerOutput,
  env: Environment,
): ModelContext {
  return {
    modelName: load.modelName,
    modelVersion: manifest.model?.modelVersion ?? manifest.model?.version ?? '',
    modelDir: path,
    manifest,
    modelConfig: config,
    batchSize: load.batchSize,
    gpuId: model === undefined || model.provider === 'cpu' ? -1 : Math.max(0, load.gpuId),
    model,
    limitMaxImagePixels: load.limitMaxImagePixels,
    sequenceHeader: env.TS_REQUEST_SEQUENCE_ID ?? 'ts_request_sequence_id',
    log,
  };
}

/**
 * Retries a failed batch one request at a time, so that a bad request fails alone; not if a handler keeps state, which
 * may have changed.
 */
async function predict(job: Job, requests: readonly InferenceRequest[]): Promise<WorkerResponse> {
  const started = performance.now();
  const outcome = await runBatch(job, requests);
  const answer = 'predictions' in outcome ? outcome : await recover(job, requests, outcome);
  const ids = requests.map(({ id }) => id);
  job.meter.time('PredictionTime', roundTime(performance.now() - started), ids);
  return answer;
}

async function recover(job: Job, requests: readonly InferenceRequest[], failure: Failure): Promise<WorkerResponse> {
  if (failure.detail !== undefined) job.log(failure.detail);
  if (requests.length < 2 || !failure.mayBeOneRequest || job.keepsState) return toFailedResponse(requests, failure);
  const predictions: Prediction[] = [];
  for (const request of requests) {
    const outcome = await runBatch(job, [request]);
    if ('predictions' in outcome) predictions.push(...outcome.predictions);
    else {
      if (outcome.detail !== undefined && outcome.detail !== failure.detail) job.log(outcome.detail);
      predictions.push(toFailedPrediction(request, outcome));
    }
  }
  return { code: 200, message: 'Prediction success', predictions };
}

async function runBatch(job: Job, requests: readonly InferenceRequest[]): Promise<WorkerResponse | Failure> {
  const batch = createBatchContext(job.modelContext, requests, job.meter);
  try {
    const answers = await answer(job, requests, batch.context);
    return toResponse(requests, checkAnswers(answers, requests.length), batch);
  } catch (error) {
    return toFailure(error);
  }
}

/** A header marks describe and explain requests, on every request of the batch (contract 5.2, 6.1). */
async function answer(
  { handler, decode, envelope, exactIntegers }: Job,
  requests: readonly InferenceRequest[],
  context: HandlerContext,
): Promise<unknown> {
  const isMarked = (name: string) => findHeader(requests[0]?.headers ?? [], name) === 'True';
  if (isMarked('describe')) return describe(handler, requests, context);
  const rows = requests.map((request) => toRow(request, { decode, exactIntegers }));
  const explain = isMarked('explain');
  const run = (items: readonly Row[], itsContext: HandlerContext) => runHandler(handler, items, itsContext, explain);
  return envelope === undefined
    ? run(rows, context)
    : runEnveloped(envelope, rows, context, { explain, exactIntegers, run });
}

async function runHandler(
  handler: AnyHandler,
  rows: readonly Row[],
  context: HandlerContext,
  explain: boolean,
): Promise<unknown> {
  if (explain && handler.explain) return handler.explain(rows, context);
  // A custom `handle` sees the header itself, as in TorchServe.
  if (explain && !handler.handle) throw new HandlerFault('the handler has no explain step');
  if (handler.handle) return handler.handle(rows, context);
  const started = performance.now();
  const answers = await runSteps(handler, rows, context);
  // As TorchServe's base handler; a custom `handle` measures for itself.
  context.addTime('HandlerTime', roundTime(performance.now() - started));
  return answers;
}

/** Milliseconds with two decimals, as TorchServe writes them. */
function roundTime(ms: number): number {
  return Math.round(ms * 100) / 100;
}

async function describe(
  handler: AnyHandler,
  requests: readonly InferenceRequest[],
  context: HandlerContext,
): Promise<unknown[]> {
  const description = await handler.describe?.(context);
  return requests.map(() => description ?? null);
}
