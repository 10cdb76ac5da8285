import { type ByteSource, truncated } from './byte-source.ts';
import { describeError, systemCode, ToolError } from './errors.ts';

/** Maximum redirects of a download link; registries and storage services need one or two. */
const MAX_REDIRECTS = 5;
/** The first request: the end of the file, where a ZIP has its directory before a comment of at most 64 KiB. */
const TAIL_BYTES = 72 * 1024;
/** Minimum bytes of a request: headers are close together, and a request costs more than its bytes. */
const READ_AHEAD_BYTES = 64 * 1024;
/** Number of ranges kept in memory, about 4 MiB of small ones. */
const KEPT_RANGES = 64;
/**
 * Maximum requests. A model with thousands of tensors needs one for each in the worst case; beyond this, downloading
 * the file is faster.
 */
const MAX_REQUESTS = 2_000;
/** Milliseconds for a read; far above the time for some kilobytes. */
const READ_TIMEOUT_MS = 30_000;
/** fetch's code for a connection that was closed before the response headers arrived. */
const CLOSED_CODES = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

export interface HttpOptions {
  readonly signal?: AbortSignal | undefined;
}

export function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/**
 * A file behind a URL, read by ranges (RFC 9110, 14): only the requested ranges are downloaded. Throws HTTP_FAILED, and
 * HTTP_NO_RANGES for a server that would send the whole file. Every response must have the version of the first one.
 */
export async function openHttp(url: string, options: HttpOptions = {}): Promise<ByteSource> {
  const target = parseUrl(url);
  const client = createClient(target, options.signal);
  const tail = await client.get(`bytes=-${TAIL_BYTES}`);
  const { size } = tail;
  const ranges: Range[] = size === 0 ? [] : [{ start: tail.start, bytes: await client.readBody(tail) }];
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    if (offset < 0 || offset + length > size) throw truncated(client.label, offset, length, size - offset);
    if (length === 0) return new Uint8Array(0);
    const kept = ranges.find(({ start, bytes }) => offset >= start && offset + length <= start + bytes.length);
    if (kept) return kept.bytes.subarray(offset - kept.start, offset - kept.start + length);
    const end = Math.min(size, offset + Math.max(length, READ_AHEAD_BYTES));
    const bytes = await client.readBody(await client.getRange(offset, end, tail));
    // The tail is kept: every ZIP reader returns to it.
    if (ranges.length >= KEPT_RANGES) ranges.splice(1, 1);
    ranges.push({ start: offset, bytes });
    return bytes.subarray(0, length);
  };
  return {
    label: client.label,
    size,
    read,
    async *stream(start = 0, end = size) {
      if (end > size) throw truncated(client.label, start, end - start, size - start);
      if (end > start) yield* client.body(await client.getRange(start, end, tail, false));
    },
    async close() {},
  };
}

interface Range {
  readonly start: number;
  readonly bytes: Uint8Array;
}

interface Target {
  readonly url: URL;
  readonly authorization: string | undefined;
  /** Without credentials and without the query, which may be a signature. */
  readonly label: string;
}

/** A partial response whose headers are checked and whose body is not read yet. */
interface Part {
  readonly start: number;
  readonly end: number;
  readonly size: number;
  readonly etag: string | null;
  readonly response: Response;
}

function parseUrl(text: string): Target {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw new ToolError('HTTP_FAILED', { url: text, reason: 'it is not a URL' });
  const login = `${decode(url.username)}:${decode(url.password)}`;
  url.username = url.password = '';
  return {
    url,
    authorization: login === ':' ? undefined : `Basic ${Buffer.from(login).toString('base64')}`,
    label: url.origin + url.pathname,
  };
}

/** A stray "%" stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function createClient(target: Target, signal: AbortSignal | undefined) {
  const { label } = target;
  let requests = 0;
  const fail = (reason: string, cause?: unknown) => new ToolError('HTTP_FAILED', { url: label, reason }, { cause });

  async function get(range: string, isRead = true): Promise<Part> {
    requests++;
    if (requests > MAX_REQUESTS) {
      const values = { what: `The requests to ${label}`, found: requests, limit: MAX_REQUESTS, unit: 'requests' };
      throw new ToolError('LIMIT_EXCEEDED', values);
    }
    const limits = [signal, isRead ? AbortSignal.timeout(READ_TIMEOUT_MS) : undefined];
    const response = await follow(target, range, AbortSignal.any(limits.filter((limit) => limit !== undefined)), fail);
    try {
      return toPart(response, label, fail);
    } catch (error) {
      await response.body?.cancel().catch(() => {});
      throw error;
    }
  }

  async function getRange(start: number, end: number, first: Part, isRead = true): Promise<Part> {
    const part = await get(`bytes=${start}-${end - 1}`, isRead);
    const isSame = part.size === first.size && part.etag === first.etag;
    if (isSame && part.start === start && part.end === end) return part;
    await part.response.body?.cancel().catch(() => {});
    if (isSame) throw fail(`bytes ${start} to ${end} were requested, ${part.start} to ${part.end} received`);
    const found = part.size === first.size ? 'another version of as many' : `${part.size}`;
    throw new ToolError('INPUT_CHANGED', { path: label, expected: first.size, found });
  }

  /** The body, with exactly the length of its header. */
  async function* body({ response, start, end }: Part): AsyncGenerator<Uint8Array> {
    let done = 0;
    try {
      const pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array> = response.body ?? [];
      for await (const piece of pieces) {
        done += piece.length;
        if (done > end - start) throw fail(`more bytes were received than the ${end - start} of the response header`);
        yield piece;
      }
    } catch (cause) {
      if (cause instanceof ToolError || signal?.aborted) throw cause;
      throw fail(describeFailure(cause), cause);
    }
    if (done < end - start) throw truncated(label, start, end - start, done);
  }

  async function readBody(part: Part): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of body(part)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  return { label, get, getRange, body, readBody };
}

type Fail = (reason: string, cause?: unknown) => ToolError;

async function follow(target: Target, range: string, signal: AbortSignal, fail: Fail): Promise<Response> {
  let { url } = target;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    // A content coding such as gzip would make ranges of the encoded form; a login is only for its own host.
    const headers = new Headers({ range, 'accept-encoding': 'identity' });
    if (target.authorization && url.origin === target.url.origin) headers.set('authorization', target.authorization);
    const response = await ask(url, { headers, redirect: 'manual', signal }).catch((cause: unknown) => {
      throw signal.aborted && !isTimeout(signal.reason) ? cause : fail(describeFailure(cause), cause);
    });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    await response.body?.cancel();
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (!next || !isHttpUrl(next.href))
      throw fail(`it redirects to ${JSON.stringify(location)}, which is not an http(s) URL`);
    url = next;
  }
  throw fail(`it redirects more than ${MAX_REDIRECTS} times`);
}

/** A server may close a kept connection just as it is reused: a request without any response is retried once. */
async function ask(url: URL, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (cause) {
    if (!isClosed(cause)) throw cause;
    return fetch(url, request);
  }
}

function isClosed(failure: unknown): boolean {
  const code = failure instanceof Error ? systemCode(failure.cause) : undefined;
  return code !== undefined && CLOSED_CODES.has(code);
}

function toPart(response: Response, label: string, fail: Fail): Part {
  const { status, headers } = response;
  const etag = headers.get('etag');
  if (status === 200 || (status === 206 && headers.has('content-encoding')))
    throw new ToolError('HTTP_NO_RANGES', { url: label });
  // An empty file has no range; the response gives its length.
  if (status === 416 && headers.get('content-range') === 'bytes */0')
    return { start: 0, end: 0, size: 0, etag, response };
  if (status !== 206) throw fail(`the server responds ${status} ${response.statusText}`.trimEnd());
  const [, first, last, total] =
    /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(headers.get('content-range') ?? '') ?? [];
  const [start, end, size] = [Number(first), Number(last) + 1, Number(total)];
  if (total === undefined || start >= end || end > size)
    throw fail(`the Content-Range of the response is ${JSON.stringify(headers.get('content-range'))}`);
  return { start, end, size, etag, response };
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError';
}

/** fetch says "fetch failed" and has the reason in its cause. */
function describeFailure(cause: unknown): string {
  if (isTimeout(cause)) return `no response within ${READ_TIMEOUT_MS / 1000} s`;
  return describeError(cause instanceof Error && cause.cause !== undefined ? cause.cause : cause);
}
