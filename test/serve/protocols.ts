import { type ServiceError, status } from '@grpc/grpc-js';
import { grpcClient } from '../support/grpc-client.ts';

/** The ways to ask a server for a prediction: what is promised of one is promised of both. */
export const protocols = ['HTTP', 'gRPC'] as const;
export type Protocol = (typeof protocols)[number];

export interface Reply {
  /** `died`: the worker did, with the request. `refused`: the server has no room and is to be asked again. `closing`: it ends. */
  readonly outcome: 'answered' | 'died' | 'refused' | 'closing' | 'wrong';
  /** What the handler answered; otherwise the status and what the server says about it. */
  readonly text: string;
}

/** Asks the model `kinds` for what its handler calls `kind`. Rejects when the signal takes the request back. */
export type Ask = (kind: string, body?: string, signal?: AbortSignal) => Promise<Reply>;

export interface Addresses {
  readonly urls: { readonly inference: string };
  readonly grpc?: { readonly inference: string } | undefined;
}

/** A client of this test, with connections of its own. */
export function askOver(protocol: Protocol, { urls, grpc }: Addresses): Ask {
  return protocol === 'HTTP' ? overHttp(urls.inference) : overGrpc(grpc?.inference ?? '');
}

function overHttp(url: string): Ask {
  return async (kind, body = 'x', signal) => {
    const init = { method: 'POST', headers: { 'X-Kind': kind }, body: Buffer.from(body), ...(signal && { signal }) };
    const response = await fetch(`${url}/predictions/kinds`, init);
    const text = await response.text();
    const answer = `${response.status} ${text}`;
    if (response.status === 200) return { outcome: 'answered', text };
    if (response.status === 500 && text.includes(DIED)) return { outcome: 'died', text: answer };
    if (response.status !== 503 || response.headers.get('retry-after') !== '1')
      return { outcome: 'wrong', text: answer };
    return { outcome: text.includes(CLOSING) ? 'closing' : 'refused', text: answer };
  };
}

const DIED = 'Worker died.';
const CLOSING = 'The server is shutting down.';
/** TorchServe's words, with INTERNAL. */
const FULL = 'Model "kinds" has no worker';

function overGrpc(target: string): Ask {
  const { begin } = grpcClient(target, 'inference', undefined, { 'grpc.use_local_subchannel_pool': 1 });
  return (kind, body = 'x', signal) =>
    new Promise((resolve, reject) => {
      const request = { model_name: 'kinds', input: { kind: Buffer.from(kind), body: Buffer.from(body) } };
      const call = begin('Predictions', request, (error, answer) => {
        if (signal?.aborted === true && error?.code === status.CANCELLED) reject(error);
        else resolve(error === null ? { outcome: 'answered', text: String(answer?.prediction) } : toReply(error));
      });
      signal?.addEventListener('abort', () => call.cancel());
    });
}

function toReply({ code, details }: ServiceError): Reply {
  const text = `${status[code]} ${details}`;
  if (code === status.INTERNAL && details.includes(DIED)) return { outcome: 'died', text };
  if (code === status.INTERNAL && details.startsWith(FULL)) return { outcome: 'refused', text };
  return { outcome: code === status.UNAVAILABLE && details === CLOSING ? 'closing' : 'wrong', text };
}
