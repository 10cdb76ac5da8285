import type { Socket } from 'node:net';
import { JSON_TYPE, toJson } from './json.ts';

/** Answers to what is no whole request: written to the connection itself, which ends with them. */

export interface RawAnswer {
  readonly status: number;
  readonly reason: string;
  readonly type: string;
  readonly message: string;
  /** Seconds after which a retry makes sense. */
  readonly retryAfter?: number;
}

/** What a client that still sends gets to read the answer: closing with its bytes unread would reset the connection. */
const READ_TIMEOUT_MS = 1_000;

export function endWith(socket: Socket, { status, reason, type, message, retryAfter }: RawAnswer): void {
  const body = toJson({ code: status, type, message });
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    `content-type: ${JSON_TYPE}`,
    `content-length: ${body.length}`,
    ...(retryAfter === undefined ? [] : [`retry-after: ${retryAfter}`]),
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), READ_TIMEOUT_MS).unref();
}

const timedOut: RawAnswer = {
  status: 408,
  reason: 'Request Timeout',
  type: 'RequestTimeoutException',
  message: 'The request did not arrive in time.',
};
const headTooLarge: RawAnswer = {
  status: 431,
  reason: 'Request Header Fields Too Large',
  type: 'BadRequestException',
  message: 'Invalid HTTP message.',
};
const unparsable: RawAnswer = { ...headTooLarge, status: 400, reason: 'Bad Request' };
const tooMuch: RawAnswer = {
  status: 503,
  reason: 'Service Unavailable',
  type: 'ServiceUnavailableException',
  message: 'More bytes of requests are arriving than this server takes at a time.',
  retryAfter: 1,
};
const noTunnel: RawAnswer = {
  status: 405,
  reason: 'Method Not Allowed',
  type: 'MethodNotAllowedException',
  message: 'Requested method is not allowed, please refer to API document.',
};

export const rawAnswers = { timedOut, tooMuch, noTunnel } as const;

/** What no HTTP parser accepts has no request to answer; the words are upstream's. */
export function answerUnparsable(error: { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') endWith(socket, timedOut);
  else endWith(socket, error.code === 'HPE_HEADER_OVERFLOW' ? headTooLarge : unparsable);
}
