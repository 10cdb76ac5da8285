/** The handler context of one batch, and the status and headers a handler sets for each answer. */
import type { HandlerContext, Model } from '../../handlers/sdk.ts';
import { findHeader, type InferenceRequest } from '../protocol/messages.ts';
import { HandlerFault } from './failure.ts';
import type { Meter } from './meter.ts';

/** The part of the context that is the same for every batch. */
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
  /** Header with the id of a request's sequence. */
  readonly sequenceHeader: string;
  log(message: string): void;
}

export interface ResponseHead {
  status: number;
  reason: string;
  readonly headers: Map<string, string>;
}

export interface BatchContext {
  readonly context: HandlerContext;
  /** Status and headers set by the handler, by index in the batch. */
  head(index: number): ResponseHead;
}

export function createBatchContext(
  model: ModelContext,
  requests: readonly InferenceRequest[],
  meter: Meter,
): BatchContext {
  const heads = requests.map((): ResponseHead => ({ status: 200, reason: '', headers: new Map() }));
  const requestIds = requests.map((request) => request.id);
  const head = (index: number): ResponseHead => {
    const found = heads[index];
    if (found === undefined) throw new HandlerFault(`request ${index} of a batch of ${requests.length}`);
    return found;
  };
  const headersOf = (index: number) => requests[index]?.headers ?? [];
  // No spread: with so many members it costs as much as the rest of a batch.
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
      // Lazy: most handlers decode no images.
      const { openImage } = await import('../../handlers/image/open-image.ts');
      return openImage(bytes, options, model.limitMaxImagePixels);
    },
    requestIds,
    requestHeader: (index, name) => findHeader(headersOf(index), name),
    requestHeaders: (index) => Object.fromEntries(headersOf(index)),
    sequenceId: (index) => findHeader(headersOf(index), model.sequenceHeader),
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
