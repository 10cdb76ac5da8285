import { ToolError } from '../../core/errors.ts';
import { createDecoder, type Decoder, type Frame } from './frame-decoder.ts';
import { createFrameWriter, type FrameWriter } from './frame-writer.ts';
import type {
  InferenceRequest,
  InputParameter,
  LoadRequest,
  Prediction,
  PredictRequest,
  WorkerRequest,
  WorkerResponse,
} from './messages.ts';

/**
 * Messages ↔ bytes (contract 5.2): integers are int32 big-endian, strings and values have an int32 length prefix, lists end
 * with -1. Frames have no length prefix: only reading one tells where it ends.
 */

const LOAD = 0x4c; // 'L'
const PREDICT = 0x49; // 'I'
const END_OF_LIST = -1;

/** Bytes of one name, id, type, header or message. Node refuses request headers above 16 KiB; a handler's may be longer. */
const MAX_TEXT_BYTES = 1024 ** 2;
/** Headers or parameters of one request or prediction. */
const MAX_LIST_LENGTH = 10_000;
/** Requests of one batch; the largest batchSize in use is three orders smaller. */
const MAX_BATCH = 65_536;
/** Of one answer over the limit; a longer one means that the stream is out of step. */
const MAX_SKIPPED_BYTES = 1024 ** 3;
const SKIPPED_AT_ONCE = 64 * 1024;

export interface CodecLimits {
  /** Bytes of one value (a parameter or an answer's body). */
  readonly valueBytes: number;
}

export function createRequestDecoder(limits: CodecLimits): Decoder<WorkerRequest> {
  return createDecoder(() => requestFrame(limits));
}

export function createResponseDecoder(limits: CodecLimits): Decoder<WorkerResponse> {
  return createDecoder(() => responseFrame(limits));
}

/** The buffers of one message, in order; large values are passed through, not copied. */
export function encodeRequest(request: WorkerRequest): Uint8Array[] {
  const writer = createFrameWriter();
  writeRequest(writer, request);
  return writer.finish();
}

export function encodeResponse(response: WorkerResponse): Uint8Array[] {
  const writer = createFrameWriter();
  writeResponse(writer, response);
  return writer.finish();
}

export function writeRequest(writer: FrameWriter, request: WorkerRequest): void {
  if (request.kind === 'load') writeLoad(writer, request);
  else writePredict(writer, request);
}

export function writeResponse(writer: FrameWriter, { code, message, predictions }: WorkerResponse): void {
  writer.int(code);
  writer.text(message);
  for (const { id, contentType, status, reason, headers, body } of predictions) {
    writer.text(id);
    writer.text(contentType);
    writer.int(status);
    writer.text(reason);
    writer.int(headers.length);
    for (const [name, value] of headers) {
      writer.text(name);
      writer.text(value);
    }
    writer.value(body);
  }
  writer.int(END_OF_LIST);
}

function writeLoad(writer: FrameWriter, load: LoadRequest): void {
  writer.byte(LOAD);
  writer.text(load.modelName);
  writer.text(load.modelPath);
  writer.int(load.batchSize);
  writer.text(load.handler);
  writer.int(load.gpuId);
  writer.text(load.envelope);
  writer.byte(load.limitMaxImagePixels ? 1 : 0);
}

function writePredict(writer: FrameWriter, { requests }: PredictRequest): void {
  writer.byte(PREDICT);
  for (const { id, headers, parameters } of requests) {
    writer.text(id);
    for (const [name, value] of headers) {
      writer.text(name);
      writer.text(value);
    }
    writer.int(END_OF_LIST);
    for (const { name, contentType, value } of parameters) {
      writer.text(name);
      writer.text(contentType);
      writer.value(value);
    }
    writer.int(END_OF_LIST);
  }
  writer.int(END_OF_LIST);
}

function* requestFrame(limits: CodecLimits): Frame<WorkerRequest> {
  const [kind] = yield 1;
  if (kind === LOAD) return yield* loadFrame();
  if (kind === PREDICT) return yield* predictFrame(limits);
  throw protocolError(`a message starts with byte ${kind}, expected "L" or "I"`);
}

function* loadFrame(): Frame<LoadRequest> {
  return {
    kind: 'load',
    modelName: yield* text('model name'),
    modelPath: yield* text('model path'),
    batchSize: yield* int(),
    handler: yield* text('handler'),
    gpuId: yield* int(),
    envelope: yield* text('envelope'),
    limitMaxImagePixels: (yield 1)[0] !== 0,
  };
}

function* predictFrame(limits: CodecLimits): Frame<PredictRequest> {
  const requests: InferenceRequest[] = [];
  for (let length = yield* int(); length !== END_OF_LIST; length = yield* int()) {
    bound('requests of a batch', requests.length, MAX_BATCH);
    const id = yield* textOf('request id', length);
    const headers: [string, string][] = [];
    for (let size = yield* int(); size !== END_OF_LIST; size = yield* int()) {
      bound('headers', headers.length, MAX_LIST_LENGTH);
      headers.push([yield* textOf('header name', size), yield* text('header value')]);
    }
    const parameters: InputParameter[] = [];
    for (let size = yield* int(); size !== END_OF_LIST; size = yield* int()) {
      bound('parameters', parameters.length, MAX_LIST_LENGTH);
      const name = yield* textOf('parameter name', size);
      parameters.push({ name, contentType: yield* text('content type'), value: yield* value(limits) });
    }
    requests.push({ id, headers, parameters });
  }
  return { kind: 'predict', requests };
}

function* responseFrame(limits: CodecLimits): Frame<WorkerResponse> {
  const code = yield* int();
  const message = yield* text('message');
  const predictions: Prediction[] = [];
  for (let length = yield* int(); length !== END_OF_LIST; length = yield* int()) {
    bound('predictions of a batch', predictions.length, MAX_BATCH);
    const id = yield* textOf('request id', length);
    const contentType = yield* text('content type');
    const status = yield* int();
    const reason = yield* text('reason');
    const headers: [string, string][] = [];
    const count = yield* int();
    if (count < 0) throw protocolError(`a header count of ${count}`);
    bound('headers', count - 1, MAX_LIST_LENGTH);
    for (let i = 0; i < count; i++) headers.push([yield* text('header name'), yield* text('header value')]);
    const prediction = { id, contentType, status, reason, headers };
    predictions.push({ ...prediction, ...(yield* answerBody(limits)) });
  }
  return { code, message, predictions };
}

function* int(): Frame<number> {
  return (yield 4).readInt32BE(0);
}

function* text(what: string): Frame<string> {
  return yield* textOf(what, yield* int());
}

function* textOf(what: string, length: number): Frame<string> {
  if (length < 0 || length > MAX_TEXT_BYTES)
    throw protocolError(`a ${what} of ${length} bytes, more than ${MAX_TEXT_BYTES}`);
  return length === 0 ? '' : (yield length).toString('utf8');
}

function* value({ valueBytes }: CodecLimits): Frame<Uint8Array> {
  const length = yield* int();
  if (length < 0 || length > valueBytes) throw protocolError(`a value of ${length} bytes, more than ${valueBytes}`);
  return yield length;
}

/** A body over the limit is skipped: only its own request fails, and the next message is read as usual. */
function* answerBody({ valueBytes }: CodecLimits): Frame<Pick<Prediction, 'body' | 'skippedBytes'>> {
  const length = yield* int();
  if (length <= valueBytes) {
    if (length < 0) throw protocolError(`a value of ${length} bytes`);
    return { body: yield length };
  }
  if (length > MAX_SKIPPED_BYTES) throw protocolError(`a value of ${length} bytes, more than ${MAX_SKIPPED_BYTES}`);
  for (let left = length; left > 0; left -= SKIPPED_AT_ONCE) yield Math.min(left, SKIPPED_AT_ONCE);
  return { body: new Uint8Array(), skippedBytes: length };
}

function bound(what: string, found: number, limit: number): void {
  if (found >= limit) throw protocolError(`more than ${limit} ${what}`);
}

function protocolError(problem: string): ToolError {
  return new ToolError('WORKER_PROTOCOL', { problem });
}
