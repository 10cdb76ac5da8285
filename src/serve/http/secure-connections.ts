import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { TlsIdentity } from '../tls/identity.ts';
import { endWith, rawAnswers } from './exchange/raw-answer.ts';

/** A client that has not shown who it is by then is not going to. */
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** First byte of every TLS connection: the type of a handshake record (RFC 8446 5.1). No HTTP method begins with it. */
const HANDSHAKE_RECORD = 0x16;

/**
 * Puts TLS in front of an HTTP server that does not listen yet: what listens to its connections gets them once they are
 * secure, and a client that speaks plain HTTP is told so. The result ends connections that are not secure yet.
 */
export function secureConnections(
  server: Server,
  identity: TlsIdentity,
  handshakeTimeout = HANDSHAKE_TIMEOUT_MS,
): () => void {
  // An http.Server takes any stream as a connection, so that nothing behind this line knows about TLS.
  const accept = server.listeners('connection');
  server.removeAllListeners('connection');
  const early = new Map<string, Socket>();
  let isOver = false;
  const tls = createTlsServer({ ...identity, ALPNProtocols: ['http/1.1'], handshakeTimeout });
  tls.on('secureConnection', (secure) => {
    early.delete(endsOf(secure));
    for (const listener of accept) listener.call(server, secure);
  });
  // A handshake that failed has nobody left to tell; one that takes too long is still open.
  tls.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('connection', (socket: Socket) => {
    if (isOver) socket.destroy();
    const ends = endsOf(socket);
    early.set(ends, socket);
    socket.once('close', () => early.get(ends) === socket && early.delete(ends));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(handshakeTimeout, () => socket.destroy());
    socket.once('data', (first: Buffer) => {
      socket.setTimeout(0);
      if (first[0] !== HANDSHAKE_RECORD) return endWith(socket, rawAnswers.onlyHttps);
      socket.pause();
      socket.unshift(first);
      return tls.emit('connection', socket);
    });
  });
  return () => {
    isOver = true;
    for (const socket of early.values()) socket.destroy();
  };
}

/** What a connection and the secure one over it have in common, and no other has. */
function endsOf({ localAddress, remoteAddress, remotePort }: Socket): string {
  return `${localAddress} ${remoteAddress} ${remotePort}`;
}
