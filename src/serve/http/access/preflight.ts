import type { IncomingMessage } from 'node:http';
import type { Exchange } from '../exchange/route.ts';
import { send } from '../exchange/send.ts';

/** The question of a browser before a page's request to another origin (Fetch 3.2.2). It carries no key, and runs nothing. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** What is not configured is allowed as asked for, where an origin is: TorchServe leaves it out, and then no JSON can be sent. */
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
