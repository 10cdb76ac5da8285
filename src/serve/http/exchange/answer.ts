import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Outcome } from '../../pool/job.ts';
import type { Prediction } from '../../protocol/messages.ts';
import type { Exchange } from './route.ts';
import { send, sendJson } from './send.ts';

/** What became of a prediction, as the answer to its request. */
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
 * TorchServe's predictions have no reason phrase. Node fills an empty one in unless it is an object, whose text is empty all
 * the same; its type knows of strings only.
 */
const NO_REASON = Object('') as string;

export function omitReason(response: ServerResponse): void {
  response.statusMessage = NO_REASON;
}

/** The handler's answer as it is: its own status, reason and headers; a header that is also the content type comes last. */
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

/** What a handler says goes into the head of an HTTP message: nothing that could end a line may pass (RFC 9110 5.5). */
function isHeaderText(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}

function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) && !/^(content-length|transfer-encoding|connection)$/i.test(name);
}

/** A handler may fail with a status of its own; Node has no word for those, upstream's server has these. */
function nameStatus(response: ServerResponse, status: number): void {
  response.statusCode = toStatus(status);
  if (toStatus(status) !== status || STATUS_CODES[status] !== undefined) return;
  const kinds = ['Unknown Status', 'Informational', 'Success', 'Redirection', 'Client Error', 'Server Error'];
  response.statusMessage = `${kinds[Math.floor(status / 100)] ?? kinds[0]} (${status})`;
}

/** Codes that HTTP has no place for become a failure of the server. */
function toStatus(status: number): number {
  return Number.isInteger(status) && status >= 200 && status <= 999 ? status : 500;
}
