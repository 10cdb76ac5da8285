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

/** Message of a successful load: TorchServe's text, and from our worker the execution provider. */
export function loadedMessage(modelName: string, provider: string | undefined): string {
  return `loaded model ${modelName}${provider === undefined ? '' : `${ON}${provider}`}`;
}

/** Execution provider, where the worker reports it. */
export function providerOf(message: string, modelName: string): string | undefined {
  const rest = message.slice(loadedMessage(modelName, undefined).length);
  return rest.startsWith(ON) ? rest.slice(ON.length) : undefined;
}

const ON = ' on ';

/** Answer to a load (without predictions) or to a batch. */
export interface WorkerResponse {
  readonly code: number;
  readonly message: string;
  readonly predictions: readonly Prediction[];
}
