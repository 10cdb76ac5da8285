import type { IncomingMessage, ServerResponse } from 'node:http';
import { ToolError } from '../../../core/errors.ts';
import { gatherBytes } from '../../gather-bytes.ts';
import { codings, decode, isCoding } from '../encoding/codings.ts';
import { endWith, type RawAnswer, rawAnswers } from './raw-answer.ts';

/** Bounds on request bodies, against slow clients and against memory exhaustion. */
export interface BodyLimits {
  /** Bytes of one body. */
  readonly requestBytes: number;
  /** Bytes of all incomplete bodies together, counted as they arrive, not by content-length. */
  readonly arrivingBytes: number;
  /** Milliseconds between two chunks of a body. */
  readonly idleMs: number;
}

export interface BodyReader {
  /**
   * Calls back once, with the whole body (empty if none was sent) or with REQUEST_TOO_LARGE or REQUEST_INVALID. Never calls
   * back when the client disconnected or was answered on the raw connection. With `decodes` a compressed body is as if it had
   * come as it was before.
   */
  read(message: IncomingMessage, decodes: boolean, done: (error: ToolError | undefined, body: Buffer) => void): void;
  /** For `Expect: 100-continue`: the 100 is sent when the body is read, and never for a refused request. */
  deferContinue(message: IncomingMessage, response: ServerResponse): void;
  close(): void;
}

interface Arrival {
  readonly message: IncomingMessage;
  bytes: number;
  /** Time of the last chunk (`performance.now()`); infinite once refused. */
  lastChunkAt: number;
  /** Index in `arriving`; -1 when done. */
  index: number;
}

/** Checks for idle clients per idle timeout. */
const CHECKS = 10;
const NOTHING = Buffer.alloc(0);

/** Reads bodies as bytes. One timer for all of them: most bodies arrive with their head and need none. */
export function createBodyReader({ requestBytes, arrivingBytes, idleMs }: BodyLimits): BodyReader {
  // An array: V8 retains deleted entries of a busy Set for a long time.
  const arriving: Arrival[] = [];
  const deferred = new WeakMap<IncomingMessage, ServerResponse>();
  let total = 0;
  let timer: NodeJS.Timeout | undefined;
  const refuse = (arrival: Arrival, answer: RawAnswer) => {
    arrival.lastChunkAt = Number.POSITIVE_INFINITY;
    arrival.message.pause();
    endWith(arrival.message.socket, answer);
  };
  const check = () => {
    const now = performance.now();
    for (const arrival of arriving) if (now - arrival.lastChunkAt > idleMs) refuse(arrival, rawAnswers.timedOut);
  };

  return {
    close: () => clearInterval(timer),
    deferContinue: (message, response) => void deferred.set(message, response),
    read(message, decodes, done) {
      if (!hasBody(message)) return done(undefined, NOTHING);
      if (hasOtherCoding(message)) return done(unsupportedCoding(message), NOTHING);
      const announced = Number(message.headers['content-length'] ?? 0);
      if (announced > requestBytes) return done(tooLarge(requestBytes), NOTHING);
      if (message.headers.expect !== undefined) deferred.get(message)?.writeContinue();
      timer ??= setInterval(check, idleMs / CHECKS).unref();
      const chunks = gatherBytes();
      const arrival: Arrival = { message, bytes: 0, lastChunkAt: performance.now(), index: arriving.length };
      arriving.push(arrival);
      const leave = () => {
        if (arrival.index < 0) return;
        removeFrom(arriving, arrival);
        total -= arrival.bytes;
        message.off('data', onChunk).off('end', end).off('error', fail).off('close', leave);
      };
      const onChunk = (chunk: Buffer) => {
        arrival.bytes += chunk.length;
        arrival.lastChunkAt = performance.now();
        total += chunk.length;
        if (arrival.bytes > requestBytes) {
          leave();
          return done(tooLarge(requestBytes), NOTHING);
        }
        chunks.push(chunk);
        if (total > arrivingBytes) refuse(arrival, rawAnswers.tooMuch);
      };
      const end = () => {
        if (decodes && message.headers['content-encoding'] !== undefined) return void decodeAll();
        leave();
        done(undefined, chunks.join());
      };
      // Its bytes are counted until they are decoded.
      const decodeAll = async () => {
        message.off('close', leave);
        arrival.lastChunkAt = Number.POSITIVE_INFINITY;
        const [error, body] = await decodeBody(message, chunks.join(), requestBytes).then(
          (decoded) => [undefined, decoded] as const,
          (failure: ToolError) => [failure, NOTHING] as const,
        );
        leave();
        if (!message.socket.destroyed) done(error, body);
      };
      const fail = (cause: Error) => {
        leave();
        done(
          new ToolError('REQUEST_INVALID', { message: 'The request ended before its body did.' }, { cause }),
          NOTHING,
        );
      };
      message.on('data', onChunk).on('end', end).on('error', fail).on('close', leave);
    },
  };
}

/** Moves the last element into the gap. */
function removeFrom(arriving: Arrival[], arrival: Arrival): void {
  const last = arriving.pop();
  if (last !== undefined && last !== arrival) {
    arriving[arrival.index] = last;
    last.index = arrival.index;
  }
  arrival.index = -1;
}

/** From here on the message is as if it had come without its coding. */
async function decodeBody(message: IncomingMessage, body: Buffer, limit: number): Promise<Buffer> {
  const name = message.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (name === 'identity' || name === '') return body;
  if (!isCoding(name)) {
    const known = codings.join(' or ');
    throw new ToolError('REQUEST_INVALID', { message: `The content coding "${name}" is not read; send ${known}.` });
  }
  const decoded = await decode(name, body, limit);
  const { rawHeaders } = message;
  for (let at = rawHeaders.length - 2; at >= 0; at -= 2)
    if (rawHeaders[at]?.toLowerCase() === 'content-encoding') rawHeaders.splice(at, 2);
  return decoded;
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Node decodes chunked, but no coding applied before it; codings that do not end in chunked it refuses itself. */
function hasOtherCoding({ headers }: IncomingMessage): boolean {
  return /,\s*chunked$/i.test(headers['transfer-encoding'] ?? '');
}

function unsupportedCoding({ headers }: IncomingMessage): ToolError {
  const coding = headers['transfer-encoding'];
  return new ToolError('REQUEST_INVALID', {
    message: `The transfer coding "${coding}" is not supported; send "chunked".`,
  });
}

function tooLarge(limit: number): ToolError {
  return new ToolError('REQUEST_TOO_LARGE', { limit });
}
