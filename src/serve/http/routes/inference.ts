import { randomUUID } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { Outcome } from '../../job.ts';
import type { Prediction } from '../../protocol/messages.ts';
import { readParameters } from '../body.ts';
import { JSON_TYPE, toJson, UNTYPED } from '../json.ts';
import { fromSegment } from '../path.ts';
import type { Route, RouteCall, RouteHandler } from '../route.ts';

const ping: RouteHandler = ({ tools, reply }) => {
  const { healthy } = tools.service;
  if (!healthy) reply.code(500);
  return { status: healthy ? 'Healthy' : 'Unhealthy' };
};

const live: RouteHandler = () => ({ status: 'Live' });

const ready: RouteHandler = ({ tools, reply }) => {
  const { ready } = tools.service;
  if (!ready) reply.code(503);
  return { status: ready ? 'Ready' : 'Not ready' };
};

const predict: RouteHandler = (call) => infer(call, []);
const explain: RouteHandler = (call) => infer(call, [['explain', 'True']]);

/** Any method predicts, as upstream never checks it. */
export const inferenceRoutes: readonly Route[] = [
  { path: '/ping', role: 'inference', on: { any: ping } },
  { path: '/livez', role: 'inference', on: { GET: live } },
  { path: '/readyz', role: 'inference', on: { GET: ready } },
  { path: '/predictions/:model', role: 'inference', on: { any: predict } },
  { path: '/predictions/:model/:version', role: 'inference', on: { any: predict } },
  { path: '/predictions/:model/:version/*', role: 'inference', on: { any: predict } },
  { path: '/explanations/:model', role: 'inference', on: { any: explain } },
  { path: '/explanations/:model/:version', role: 'inference', on: { any: explain } },
];

async function infer(
  { tools, request, reply, params }: RouteCall,
  marks: readonly (readonly [string, string])[],
): Promise<undefined> {
  const { model = '', version } = params;
  const headers = [...collectHeaders(request.raw.rawHeaders), ['url_path', params['*'] ?? ''] as const, ...marks];
  // A body that fastify did not parse is one that was not sent.
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const parameters = await readParameters(request.headers['content-type'], body);
  const outcome = await tools.service.predict({
    model: fromSegment(model),
    version: version === undefined ? undefined : fromSegment(version),
    request: { id: request.id, headers, parameters },
    onGone: (drop) => void reply.raw.once('close', drop),
  });
  return answer(reply, outcome);
}

/** Names as the client wrote them; of equal names the last wins (contract 3.3). */
function collectHeaders(raw: readonly string[]): Iterable<readonly [string, string]> {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < raw.length; i += 2) headers.set(raw[i] as string, raw[i + 1] as string);
  return headers;
}

function answer(reply: FastifyReply, outcome: Outcome): undefined {
  if (outcome.kind === 'answered') return answerPrediction(reply, outcome.prediction);
  const { status, message } = outcome;
  reply
    .code(toStatus(status))
    .type(JSON_TYPE)
    .send(toJson({ code: status, type: 'InternalServerException', message }));
  return undefined;
}

/** The handler's answer as it is: its own status, reason and headers; a header that is also the content type comes last. */
function answerPrediction(reply: FastifyReply, { status, reason, headers, contentType, body }: Prediction): undefined {
  reply.code(toStatus(status));
  if (reason !== '' && isHeaderText(reason)) reply.raw.statusMessage = reason;
  for (const [name, value] of headers) {
    if (isHeaderName(name) && isHeaderText(value)) reply.header(name, value);
  }
  reply.header('content-type', contentType !== '' && isHeaderText(contentType) ? contentType : UNTYPED);
  reply.send(body);
  return undefined;
}

/** What a handler says goes into the head of an HTTP message: nothing that could end a line may pass (RFC 9110 5.5). */
function isHeaderText(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}

function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) && !/^(content-length|transfer-encoding|connection)$/i.test(name);
}

/** Codes that HTTP has no place for become a failure of the server. */
function toStatus(status: number): number {
  return Number.isInteger(status) && status >= 200 && status <= 999 ? status : 500;
}

export function newRequestId(): string {
  return randomUUID();
}
