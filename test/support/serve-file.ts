import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A server on a free port of this machine, closed when the test ends. Gives its origin. */
export async function serveHttp(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What clients asked a file server for. */
export interface Traffic {
  requests: number;
  bytes: number;
}

/** Answers ranges of one file as storage services do (RFC 9110, 14.2), and counts. */
export function rangeListener(path: string, traffic: Traffic, headers: Record<string, string> = {}): RequestListener {
  return (request, response) => {
    traffic.requests++;
    void answerRange(path, request, response, traffic, headers);
  };
}

async function answerRange(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  traffic: Traffic,
  headers: Record<string, string>,
): Promise<void> {
  const { size } = await stat(path);
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (start >= size) return void response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
  const range = { 'content-range': `bytes ${start}-${end - 1}/${size}`, 'content-length': end - start };
  response.writeHead(206, { ...range, ...headers });
  traffic.bytes += end - start;
  createReadStream(path, { start, end: end - 1 }).pipe(response);
}
