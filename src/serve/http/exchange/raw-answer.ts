import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { JSON_TYPE, toJson } from './json.ts';

/** Responses without a complete request, written to the raw connection, which is then closed. */

export interface RawAnswer {
  readonly status: number;
  readonly reason: string;
  readonly body: unknown;
  /** Seconds; the Retry-After header. */
  readonly retryAfter?: number;
}

/** For a client that is still sending to read the response: closing with unread bytes would reset the connection. */
const READ_TIMEOUT_MS = 1_000;
/** Longest a client may keep sending. */
const DISCARD_TIMEOUT_MS = 10_000;

export function endWith(socket: Socket, { status, reason, body: value, retryAfter }: RawAnswer): void {
  const body = toJson(value);
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

/** The same for a response that Node writes before the request is complete. */
export function discardRest(message: IncomingMessage): void {
  const { socket } = message;
  socket.destroySoon = () => {
    socket.end();
    socket.setTimeout(READ_TIMEOUT_MS, () => socket.destroy());
    const deadline = setTimeout(() => socket.destroy(), DISCARD_TIMEOUT_MS).unref();
    socket.once('close', () => clearTimeout(deadline));
  };
  message.resume();
}

const failure = (code: number, reason: string, type: string, message: string): RawAnswer => ({
  status: code,
  reason,
  body: { code, type, message },
});

const timedOut = failure(408, 'Request Timeout', 'RequestTimeoutException', 'The request did not arrive in time.');
const headTooLarge = failure(431, 'Request Header Fields Too Large', 'BadRequestException', 'Invalid HTTP message.');
const unparsable = failure(400, 'Bad Request', 'BadRequestException', 'Invalid HTTP message.');
const tooMuch: RawAnswer = {
  ...failure(
    503,
    'Service Unavailable',
    'ServiceUnavailableException',
    'Too many bytes of requests are arriving at once.',
  ),
  retryAfter: 1,
};
const noTunnel = failure(
  405,
  'Method Not Allowed',
  'MethodNotAllowedException',
  'Requested method is not allowed, please refer to API document.',
);
/** Upstream's answer to plain HTTP on a TLS port (contract 3.1). */
const onlyHttps: RawAnswer = {
  status: 403,
  reason: 'Forbidden',
  body: { status: 'This TorchServe instance only accepts HTTPS requests' },
};

export const rawAnswers = { timedOut, tooMuch, noTunnel, onlyHttps } as const;

/** For bytes that are not HTTP; upstream's words. */
export function answerUnparsable(error: { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') endWith(socket, timedOut);
  else endWith(socket, error.code === 'HPE_HEADER_OVERFLOW' ? headTooLarge : unparsable);
}
