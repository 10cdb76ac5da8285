import { isAscii } from 'node:buffer';
import { hasBody } from './body-reader.ts';
import { toHttpError } from './errors.ts';
import { JSON_TYPE, toJson } from './json.ts';
import { letRead } from './raw-answer.ts';
import type { Exchange } from './route.ts';

/** Text up to this goes out in one piece with its head: one write, where bytes would be a second one. */
const ONE_PIECE_BYTES = 16 * 1024;
const NO_CONTENT = 204;

/** The whole body, and with it the end of the exchange. */
export function send(exchange: Exchange, body: Uint8Array): void {
  const { response } = exchange;
  // Node would count too, but not for HEAD.
  if (response.statusCode !== NO_CONTENT) exchange.answerHeaders['content-length'] = body.length;
  sendHead(exchange);
  // Only what is the same bytes as text: Node would encode anything else anew.
  if (body.length <= ONE_PIECE_BYTES && isAscii(body)) response.end(toText(body), 'latin1');
  else response.end(body);
  exchange.listener.unread.watch(response);
}

export function sendJson(exchange: Exchange, value: unknown): void {
  exchange.answerHeaders['content-type'] = JSON_TYPE;
  send(exchange, toJson(value));
}

export function sendError(exchange: Exchange, error: unknown): void {
  const { response, answerHeaders, errors } = exchange;
  // Only a response that is cut off can still say that something went wrong.
  if (response.headersSent) return void response.destroy();
  const { status, type, message, retryAfter } = toHttpError(error);
  if (retryAfter !== undefined) answerHeaders['retry-after'] = retryAfter;
  response.statusCode = status;
  sendJson(exchange, errors === 'v2' ? { error: message } : { code: status, type, message });
}

export function sendHead({ request, response, answerHeaders, listener }: Exchange): void {
  const isError = response.statusCode >= 400;
  // Upstream closes after every error (contract 3.1); a connection kept alive would keep a closing server alive.
  if (isError || listener.isClosing()) answerHeaders.connection = 'close';
  if (isError && hasBody(request) && !request.complete) letRead(request);
  response.writeHead(response.statusCode, answerHeaders);
}

function toText({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('latin1');
}
