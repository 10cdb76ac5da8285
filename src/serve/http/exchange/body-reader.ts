import type { IncomingMessage, ServerResponse } from 'node:http';
import { ToolError } from '../../../core/errors.ts';
import { gatherBytes } from '../../gather-bytes.ts';
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
   * back when the client disconnected or was answered on the raw connection.
   */
  read(message: IncomingMessage, done: (error: ToolError | undefined, body: Buffer) => void): void;
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
    read(message, done) {
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
        leave();
        done(undefined, chunks.join());
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
