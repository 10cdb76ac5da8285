import type { IncomingMessage, ServerResponse } from 'node:http';
import { ToolError } from '../../../core/errors.ts';
import { endWith, type RawAnswer, rawAnswers } from './raw-answer.ts';

/** What clients may do while they send: one alone cannot wait for ever, all together cannot fill the memory. */
export interface BodyLimits {
  /** Bytes of one body. */
  readonly requestBytes: number;
  /** Bytes of all bodies that have begun and not ended. Counted as they come: a length that is only claimed costs nothing. */
  readonly arrivingBytes: number;
  /** Milliseconds between two pieces of a body. */
  readonly idleMs: number;
}

export interface BodyReader {
  /**
   * Calls back once: with the whole body (empty where none was sent), or with REQUEST_TOO_LARGE or REQUEST_INVALID. A client
   * that was answered on the connection itself, or went away, is never called back for.
   */
  read(message: IncomingMessage, done: (error: ToolError | undefined, body: Buffer) => void): void;
  /** A client that asks before it sends its body: it is told to when the body is read, and never for one that is refused. */
  holdBack(message: IncomingMessage, response: ServerResponse): void;
  close(): void;
}

interface Arrival {
  readonly message: IncomingMessage;
  bytes: number;
  /** When its last piece came, on the clock of `performance`; never, once it was refused. */
  heardAt: number;
  /** Its place among those that arrive; -1 when it is over. */
  place: number;
}

/** How often silent clients are looked for, as a share of the time they have. */
const CHECKS = 10;
const NOTHING = Buffer.alloc(0);

/** Bodies as bytes. One timer serves all of them: most bodies come whole with their head, and would arm one for nothing. */
export function createBodyReader({ requestBytes, arrivingBytes, idleMs }: BodyLimits): BodyReader {
  // An array, not a set: V8 keeps what went through a busy set alive far longer than it lived.
  const arriving: Arrival[] = [];
  const heldBack = new WeakMap<IncomingMessage, ServerResponse>();
  let total = 0;
  let timer: NodeJS.Timeout | undefined;
  const refuse = (arrival: Arrival, answer: RawAnswer) => {
    arrival.heardAt = Number.POSITIVE_INFINITY;
    arrival.message.pause();
    endWith(arrival.message.socket, answer);
  };
  const check = () => {
    const now = performance.now();
    for (const arrival of arriving) if (now - arrival.heardAt > idleMs) refuse(arrival, rawAnswers.timedOut);
  };

  return {
    close: () => clearInterval(timer),
    holdBack: (message, response) => void heldBack.set(message, response),
    read(message, done) {
      if (!hasBody(message)) return done(undefined, NOTHING);
      if (hidesCoding(message)) return done(codingNotRead(message), NOTHING);
      const announced = Number(message.headers['content-length'] ?? 0);
      if (announced > requestBytes) return done(tooLarge(requestBytes), NOTHING);
      if (message.headers.expect !== undefined) heldBack.get(message)?.writeContinue();
      timer ??= setInterval(check, idleMs / CHECKS).unref();
      const chunks: Buffer[] = [];
      const arrival: Arrival = { message, bytes: 0, heardAt: performance.now(), place: arriving.length };
      arriving.push(arrival);
      const leave = () => {
        if (arrival.place < 0) return;
        removeFrom(arriving, arrival);
        total -= arrival.bytes;
        message.off('data', hear).off('end', end).off('error', fail).off('close', leave);
      };
      const hear = (chunk: Buffer) => {
        arrival.bytes += chunk.length;
        arrival.heardAt = performance.now();
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
        done(undefined, chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, arrival.bytes));
      };
      const fail = (cause: Error) => {
        leave();
        done(
          new ToolError('REQUEST_INVALID', { message: 'The request ended before its body did.' }, { cause }),
          NOTHING,
        );
      };
      message.on('data', hear).on('end', end).on('error', fail).on('close', leave);
    },
  };
}

/** The last one takes its place. */
function removeFrom(arriving: Arrival[], arrival: Arrival): void {
  const last = arriving.pop();
  if (last !== undefined && last !== arrival) {
    arriving[arrival.place] = last;
    last.place = arrival.place;
  }
  arrival.place = -1;
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Node takes the chunks off a body and leaves any coding below them on; it refuses by itself what does not end in chunks. */
function hidesCoding({ headers }: IncomingMessage): boolean {
  return /,\s*chunked$/i.test(headers['transfer-encoding'] ?? '');
}

function codingNotRead({ headers }: IncomingMessage): ToolError {
  const coding = headers['transfer-encoding'];
  return new ToolError('REQUEST_INVALID', { message: `The transfer coding "${coding}" is not read; send "chunked".` });
}

function tooLarge(limit: number): ToolError {
  return new ToolError('REQUEST_TOO_LARGE', { limit });
}
