import { isAscii } from 'node:buffer';
import { type Coding, encode } from '../encoding/codings.ts';
import { hasBody } from './body-reader.ts';
import { toHttpError } from './errors.ts';
import { JSON_TYPE, toJson } from './json.ts';
import { discardRest } from './raw-answer.ts';
import type { Exchange } from './route.ts';

/** Longest text that is written together with the head: bytes would need a second write. */
const ONE_PIECE_BYTES = 16 * 1024;
const NO_CONTENT = 204;
/** Shorter answers are not compressed. */
const WORTH_CODING_BYTES = 1_024;

/** Sends the whole body, compressed where the client asks for it, and ends the response. */
export function send(exchange: Exchange, body: Uint8Array): void {
  if (exchange.coding === undefined || body.length < WORTH_CODING_BYTES) sendAsIs(exchange, body);
  else void sendCoded(exchange, exchange.coding, body);
}

/** As it is where that is shorter, and where a handler has compressed it already. */
async function sendCoded(exchange: Exchange, coding: Coding, body: Uint8Array): Promise<void> {
  const { answerHeaders } = exchange;
  const coded = answerHeaders['content-encoding'] === undefined ? await encode(coding, body) : body;
  if (coded.length >= body.length) return sendAsIs(exchange, body);
  answerHeaders['content-encoding'] = coding;
  sendAsIs(exchange, coded);
}

function sendAsIs(exchange: Exchange, body: Uint8Array): void {
  const { response } = exchange;
  // Node sets the length too, but not for HEAD.
  if (response.statusCode !== NO_CONTENT) exchange.answerHeaders['content-length'] = body.length;
  sendHead(exchange);
  // Only ASCII: Node would encode anything else differently.
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
  // The head is sent: only a truncated response can still signal an error.
  if (response.headersSent) return void response.destroy();
  const { status, type, message, retryAfter } = toHttpError(error);
  if (retryAfter !== undefined) answerHeaders['retry-after'] = retryAfter;
  response.statusCode = status;
  sendJson(exchange, errors === 'v2' ? { error: message } : { code: status, type, message });
}

export function sendHead({ request, response, answerHeaders, listener }: Exchange): void {
  const isError = response.statusCode >= 400;
  // Upstream closes after every error (contract 3.1). A keep-alive connection would keep a closing server alive.
  if (isError || listener.isClosing()) answerHeaders.connection = 'close';
  if (isError && hasBody(request) && !request.complete) discardRest(request);
  response.writeHead(response.statusCode, answerHeaders);
}

function toText({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('latin1');
}
