import { type ClientHttp2Session, type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { serviceNames } from './grpc-client.ts';

export const PREDICTIONS = `/${serviceNames.inference}/Predictions`;
export const PING = `/${serviceNames.inference}/Ping`;
/** A message of gRPC: a request for the model "m". */
export const REQUEST_FOR_M = Buffer.from([0, 0, 0, 0, 3, 0x0a, 1, 0x6d]);

/** A client that can do what a library of gRPC would not. */
export interface Http2Client {
  readonly socket: Socket;
  readonly session: ClientHttp2Session;
  /** Begins a call of gRPC. */
  ask(path: string, headers?: OutgoingHttpHeaders): ClientHttp2Stream;
}

export function connectHttp2(target: string): Http2Client {
  const [host = '', port] = target.split(':');
  const socket = connectTcp(Number(port), host);
  const session = connect(`http://${target}`, { createConnection: () => socket });
  session.on('error', () => {});
  onTestFinished(() => void session.destroy());
  return {
    socket,
    session,
    ask(path, headers = {}) {
      const head = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', ...headers };
      return session.request(head).on('error', () => {});
    },
  };
}
