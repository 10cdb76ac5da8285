/**
 * TorchServe's worker protocol (contract 5.2) as values. Strings are UTF-8; integers are signed 32-bit big-endian on the wire.
 */

export interface LoadRequest {
  readonly kind: 'load';
  readonly modelName: string;
  /** Absolute folder of the extracted archive. */
  readonly modelPath: string;
  readonly batchSize: number;
  readonly handler: string;
  /** -1 on the CPU. */
  readonly gpuId: number;
  /** Empty for none. */
  readonly envelope: string;
  readonly limitMaxImagePixels: boolean;
}

export interface InputParameter {
  readonly name: string;
  /** Empty for none. */
  readonly contentType: string;
  readonly value: Uint8Array;
}

export interface InferenceRequest {
  readonly id: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly parameters: readonly InputParameter[];
}

export interface PredictRequest {
  readonly kind: 'predict';
  readonly requests: readonly InferenceRequest[];
}

export type WorkerRequest = LoadRequest | PredictRequest;

export interface Prediction {
  readonly id: string;
  /** Empty when the handler set none. */
  readonly contentType: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** Bytes of a body over the limit, which was not kept. */
  readonly skippedBytes?: number;
}

/** A header's value, its name in any case. */
export function findHeader(headers: InferenceRequest['headers'], name: string): string | undefined {
  const wanted = name.toLowerCase();
  return headers.find(([key]) => key.length === wanted.length && key.toLowerCase() === wanted)?.[1];
}

/** Response header of a worker: more parts of the answer follow (contract 5.2). */
const STREAM_NEXT = 'ts_stream_next';

/** Whether more parts of this answer follow. */
export function hasNext({ headers }: Prediction): boolean {
  return headers.some(([name, value]) => name === STREAM_NEXT && value === 'true');
}

/** Whether more parts of a batch's response follow. */
export function isPart({ code, predictions }: WorkerResponse): boolean {
  return code === 200 && predictions.some(hasNext);
}

/** The header with which our worker tells the server, never a client, why a prediction failed. */
const CAUSE_HEADER = 'x-failure-cause';
/** Characters; a message may hold a whole input. */
const MAX_CAUSE = 10_000;

export function causeHeaders(cause: string | undefined): Prediction['headers'] {
  return cause === undefined ? [] : [[CAUSE_HEADER, cause.slice(0, MAX_CAUSE)]];
}

/** Why a batch failed, if the worker reports it. */
export function causeOf({ predictions }: WorkerResponse): string | undefined {
  return predictions[0]?.headers.find(([name]) => name === CAUSE_HEADER)?.[1];
}

/** What our worker reports when it has loaded a model; TorchServe's reports nothing. */
export interface LoadReport {
  /** Execution provider. */
  readonly provider?: string | undefined;
  readonly batching?: Batching | undefined;
}

/** Whether requests share a run of the model, and what decided. */
export interface Batching {
  readonly joined: boolean;
  readonly reason: string;
}

/** Message of a successful load: TorchServe's text, and the report of our worker. */
export function loadedMessage(modelName: string, { provider, batching }: LoadReport = {}): string {
  const place = provider === undefined ? '' : `${ON}${provider}`;
  const how = batching === undefined ? '' : `${batching.joined ? JOINED : ALONE}${batching.reason}`;
  return `loaded model ${modelName}${place}${how}`;
}

const ON = ' on ';
const JOINED = '; requests are joined: ';
const ALONE = '; each request runs alone: ';
const REPORT = new RegExp(`^(?:${ON}(\\w+))?(?:(${JOINED}|${ALONE})(.*))?$`);

export function readLoadReport(message: string, modelName: string): LoadReport {
  const [, provider, how, reason = ''] = REPORT.exec(message.slice(loadedMessage(modelName).length)) ?? [];
  return { provider, batching: how === undefined ? undefined : { joined: how === JOINED, reason } };
}

/** Answer to a load (without predictions) or to a batch. */
export interface WorkerResponse {
  readonly code: number;
  readonly message: string;
  readonly predictions: readonly Prediction[];
}
