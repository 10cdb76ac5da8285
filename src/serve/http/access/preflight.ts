import type { IncomingMessage } from 'node:http';
import type { Exchange } from '../exchange/route.ts';
import { send } from '../exchange/send.ts';

/** A CORS preflight request (Fetch 3.2.2): it has no key and runs nothing. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** With an allowed origin, unconfigured methods and headers are allowed as requested. TorchServe omits them, which blocks JSON requests. */
export function answerPreflight(exchange: Exchange): void {
  const { request, answerHeaders } = exchange;
  if (answerHeaders['access-control-allow-origin'] !== undefined) {
    for (const what of ['method', 'headers'] as const) {
      const asked = request.headers[`access-control-request-${what}`];
      const name = what === 'method' ? 'access-control-allow-methods' : 'access-control-allow-headers';
      if (typeof asked === 'string') answerHeaders[name] ??= asked;
    }
  }
  send(exchange, Buffer.alloc(0));
}
