/** What a handler sees of the batch at hand, and what it says about each answer. */
import type { HandlerContext, Model } from '../../handlers/sdk.ts';
import type { InferenceRequest } from '../protocol/messages.ts';
import { HandlerFault } from './failure.ts';
import type { Meter } from './meter.ts';

/** The part of the context that stays the same for a worker's life. */
export interface ModelContext {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly modelDir: string;
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly modelConfig: Readonly<Record<string, unknown>>;
  readonly batchSize: number;
  readonly gpuId: number;
  readonly model: Model | undefined;
  readonly limitMaxImagePixels: boolean;
  log(message: string): void;
}

export interface AnswerHead {
  status: number;
  reason: string;
  readonly headers: Map<string, string>;
}

export interface BatchContext {
  readonly context: HandlerContext;
  /** What the handler set, by position in the batch. */
  head(index: number): AnswerHead;
}

export function createBatchContext(
  model: ModelContext,
  requests: readonly InferenceRequest[],
  meter: Meter,
): BatchContext {
  const heads = requests.map((): AnswerHead => ({ status: 200, reason: '', headers: new Map() }));
  const requestIds = requests.map((request) => request.id);
  const head = (index: number): AnswerHead => {
    const found = heads[index];
    if (found === undefined) throw new HandlerFault(`request ${index} of a batch of ${requests.length}`);
    return found;
  };
  const headersOf = (index: number) => requests[index]?.headers ?? [];
  // One by one: a spread in the middle of so many members costs as much as everything else a batch does.
  const context: HandlerContext = {
    modelName: model.modelName,
    modelVersion: model.modelVersion,
    modelDir: model.modelDir,
    manifest: model.manifest,
    modelConfig: model.modelConfig,
    batchSize: model.batchSize,
    gpuId: model.gpuId,
    model: model.model,
    limitMaxImagePixels: model.limitMaxImagePixels,
    log: model.log,
    decodeImage: async (bytes, options = {}) => {
      // Only a handler that decodes images needs the decoder.
      const { openImage } = await import('../../handlers/image/open-image.ts');
      return openImage(bytes, options, model.limitMaxImagePixels);
    },
    requestIds,
    requestHeader: (index, name) => findHeader(headersOf(index), name),
    requestHeaders: (index) => Object.fromEntries(headersOf(index)),
    setResponseStatus(index, code, reason = '') {
      head(index).status = code;
      head(index).reason = reason;
    },
    setResponseHeader: (index, name, value) => void head(index).headers.set(name, value),
    setResponseContentType: (index, type) => void head(index).headers.set('content-type', type),
    addTime: (name, ms) => meter.time(name, ms, requestIds),
    addCounter: (name, value) => meter.count(name, value, requestIds),
  };
  return { context, head };
}

export function findHeader(headers: InferenceRequest['headers'], name: string): string | undefined {
  const wanted = name.toLowerCase();
  return headers.find(([key]) => key.length === wanted.length && key.toLowerCase() === wanted)?.[1];
}
