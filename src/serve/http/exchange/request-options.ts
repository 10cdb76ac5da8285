import { ToolError } from '../../../core/errors.ts';
import type { PageRequest } from '../../management/page.ts';
import type { RouteCall } from './route.ts';

export function readPage(query: URLSearchParams): PageRequest {
  return { limit: toInteger(query.get('limit')), start: toInteger(query.get('next_page_token')) };
}

/** The query, or a JSON body with the same names (contract 3.4). Empty values are ignored, except for url. */
export function readOptions({ request, body: sent, query }: RouteCall): (name: string) => string | undefined {
  const isJson = request.headers['content-type']?.split(';', 1)[0]?.trim() === 'application/json';
  const body = isJson && sent.length > 0 ? parseObject(sent) : undefined;
  return (name) => {
    const value = body === undefined ? query.get(name) : body[name];
    if (value === undefined || value === null) return undefined;
    const text = String(value);
    return text === '' && name !== 'url' ? undefined : text;
  };
}

function parseObject(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (cause) {
    throw new ToolError('REQUEST_INVALID', { message: 'Invalid JSON in the request body.' }, { cause });
  }
  throw new ToolError('REQUEST_INVALID', { message: 'Expected a JSON object in the request body.' });
}

/** Invalid numbers are ignored (contract 3.4). */
export function toInteger(text: string | null | undefined): number | undefined {
  return typeof text === 'string' && /^[+-]?\d{1,10}$/.test(text) ? Number(text) : undefined;
}

export function atLeast(floor: number, value: number | undefined): number | undefined {
  return value !== undefined && value >= floor ? value : undefined;
}
