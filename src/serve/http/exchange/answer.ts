import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Outcome } from '../../pool/job.ts';
import type { Prediction } from '../../protocol/messages.ts';
import type { Exchange } from './route.ts';
import { send, sendJson } from './send.ts';

/** Sends the outcome of a prediction. */
export function answer(exchange: Exchange, outcome: Outcome): void {
  const { response, errors } = exchange;
  if (outcome.kind === 'answered') {
    setHead(exchange, outcome.prediction);
    send(exchange, outcome.prediction.body);
    return;
  }
  const { status, message } = outcome;
  nameStatus(response, status);
  sendJson(exchange, errors === 'v2' ? { error: message } : { code: status, type: 'InternalServerException', message });
}

/**
 * TorchServe's predictions have no reason phrase. Node replaces an empty string by its default phrase, but sends a String
 * object as it is; the type only allows strings.
 */
const NO_REASON: string = Object('');

export function omitReason(response: ServerResponse): void {
  response.statusMessage = NO_REASON;
}

/** Status, reason and headers as the handler set them; its content type overrides a content-type header. */
export function setHead(
  { response, answerHeaders }: Exchange,
  { status, reason, headers, contentType }: Omit<Prediction, 'body'>,
): void {
  response.statusCode = toStatus(status);
  if (isHeaderText(reason) && reason !== '') response.statusMessage = reason;
  else omitReason(response);
  for (const [name, value] of headers) {
    if (isHeaderName(name) && isHeaderText(value)) answerHeaders[name.toLowerCase()] = value;
  }
  if (contentType !== '' && isHeaderText(contentType)) answerHeaders['content-type'] = contentType;
}

/** Prevents header injection by a handler: no line breaks or other control characters (RFC 9110 5.5). */
function isHeaderText(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}

function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) && !/^(content-length|transfer-encoding|connection)$/i.test(name);
}

/** Reason phrases of upstream's server for status codes that Node does not know. */
function nameStatus(response: ServerResponse, status: number): void {
  response.statusCode = toStatus(status);
  if (toStatus(status) !== status || STATUS_CODES[status] !== undefined) return;
  const kinds = ['Unknown Status', 'Informational', 'Success', 'Redirection', 'Client Error', 'Server Error'];
  response.statusMessage = `${kinds[Math.floor(status / 100)] ?? kinds[0]} (${status})`;
}

/** Status codes that HTTP does not allow become 500. */
function toStatus(status: number): number {
  return Number.isInteger(status) && status >= 200 && status <= 999 ? status : 500;
}
