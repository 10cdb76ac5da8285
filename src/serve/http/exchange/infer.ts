import { ToolError } from '../../../core/errors.ts';
import type { InputParameter } from '../../protocol/messages.ts';
import { createAnswerStream } from './answer-stream.ts';
import { readParameters } from './body.ts';
import { fromSegment } from './path.ts';
import type { RouteCall } from './route.ts';

export interface Inference {
  /** As written in the path. */
  readonly model: string;
  readonly version?: string | undefined;
  readonly explain?: boolean;
  /** Query parameters that are not inputs; if undefined, no query parameter is one (contract 3.3). */
  readonly queryInputsBut?: readonly string[];
}

/** Any prediction request: body, form fields and headers → worker → response. */
export async function infer(
  call: RouteCall,
  { model, version, explain = false, queryInputsBut }: Inference,
): Promise<undefined> {
  const { tools, request, response, body, params, query } = call;
  const parameters = await readParameters(request.headers['content-type'], body);
  if (queryInputsBut !== undefined) parameters.push(...toInputs(query, queryInputsBut));
  const headers = collectHeaders(request.rawHeaders);
  headers.set('url_path', params['*'] ?? '');
  if (explain) headers.set('explain', 'True');
  const stream = createAnswerStream(call);
  const answering = tools.service.predict({
    model: fromSegment(model),
    version: version === undefined ? undefined : fromSegment(version),
    request: { id: call.id, headers: [...headers], parameters },
    onGone: (drop) => void response.once('close', drop),
    onPart: stream.part,
  });
  return stream.end(answering);
}

/** Names as the client wrote them; the last of equal names wins (contract 3.3). */
export function collectHeaders(raw: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < raw.length; i += 2) headers.set(raw[i] ?? '', raw[i + 1] ?? '');
  return headers;
}

function toInputs(query: URLSearchParams, but: readonly string[]): InputParameter[] {
  return [...query]
    .filter(([name]) => !but.includes(name))
    .map(([name, value]) => ({ name, contentType: '', value: Buffer.from(value) }));
}

/** For a path without a model name: the only registered model. */
export function onlyModel({ tools }: RouteCall): string {
  const [only, ...more] = tools.service.list();
  if (only === undefined || more.length > 0)
    throw new ToolError('REQUEST_INVALID', { message: 'Parameter model_name is required.' });
  return only.name;
}
