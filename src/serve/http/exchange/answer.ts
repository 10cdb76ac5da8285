import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Outcome } from '../../pool/job.ts';
import type { Prediction } from '../../protocol/messages.ts';
import { JSON_TYPE, toJson, UNTYPED } from './json.ts';
import type { Route } from './route.ts';

/** What became of a prediction, as the answer to its request. */
export function answer(reply: FastifyReply, outcome: Outcome): undefined {
  if (outcome.kind === 'answered') return answerPrediction(reply, outcome.prediction);
  const { status, message } = outcome;
  nameStatus(reply, status);
  reply
    .code(toStatus(status))
    .type(JSON_TYPE)
    .send(toJson(isV2(reply) ? { error: message } : { code: status, type: 'InternalServerException', message }));
  return undefined;
}

/** Whether the route words its errors as the Open Inference Protocol does. */
export function isV2({ request }: FastifyReply): boolean {
  return (request.routeOptions.config as { errors?: Route['errors'] }).errors === 'v2';
}

/**
 * TorchServe's predictions have no reason phrase. Node fills an empty one in unless it is an object, whose text is empty all
 * the same; its type knows of strings only.
 */
const NO_REASON = Object('') as string;

export function omitReason(reply: FastifyReply): void {
  reply.raw.statusMessage = NO_REASON;
}

function answerPrediction(reply: FastifyReply, prediction: Prediction): undefined {
  writeHead(reply, prediction);
  reply.send(prediction.body);
  return undefined;
}

/** The handler's answer as it is: its own status, reason and headers; a header that is also the content type comes last. */
export function writeHead(reply: FastifyReply, { status, reason, headers, contentType }: Prediction): void {
  reply.code(toStatus(status));
  if (isHeaderText(reason) && reason !== '') reply.raw.statusMessage = reason;
  else omitReason(reply);
  for (const [name, value] of headers) {
    if (isHeaderName(name) && isHeaderText(value)) reply.header(name, value);
  }
  reply.header('content-type', contentType !== '' && isHeaderText(contentType) ? contentType : UNTYPED);
}

/** What a handler says goes into the head of an HTTP message: nothing that could end a line may pass (RFC 9110 5.5). */
function isHeaderText(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}

function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) && !/^(content-length|transfer-encoding|connection)$/i.test(name);
}

/** A handler may fail with a status of its own; Node has no word for those, upstream's server has these. */
function nameStatus(reply: FastifyReply, status: number): void {
  if (toStatus(status) !== status || STATUS_CODES[status] !== undefined) return;
  const kinds = ['Unknown Status', 'Informational', 'Success', 'Redirection', 'Client Error', 'Server Error'];
  reply.raw.statusMessage = `${kinds[Math.floor(status / 100)] ?? kinds[0]} (${status})`;
}

/** Codes that HTTP has no place for become a failure of the server. */
function toStatus(status: number): number {
  return Number.isInteger(status) && status >= 200 && status <= 999 ? status : 500;
}
