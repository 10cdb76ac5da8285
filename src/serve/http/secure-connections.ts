import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { TlsIdentity } from '../tls/identity.ts';
import { endWith, rawAnswers } from './exchange/raw-answer.ts';

/** Timeout of a TLS handshake. */
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** First byte of every TLS connection: the type of a handshake record (RFC 8446 5.1). No HTTP method begins with it. */
const HANDSHAKE_RECORD = 0x16;

/**
 * Puts TLS in front of an HTTP server that does not listen yet: its connection listeners get the decrypted connections, and
 * plain HTTP is answered with an error. The result closes connections that are still in the handshake.
 */
export function secureConnections(
  server: Server,
  identity: TlsIdentity,
  handshakeTimeout = HANDSHAKE_TIMEOUT_MS,
): () => void {
  // An http.Server accepts any stream as a connection.
  const accept = server.listeners('connection');
  server.removeAllListeners('connection');
  const handshaking = new Map<string, Socket>();
  let isClosed = false;
  const tls = createTlsServer({ ...identity, ALPNProtocols: ['http/1.1'], handshakeTimeout });
  tls.on('secureConnection', (secure) => {
    handshaking.delete(endsOf(secure));
    for (const listener of accept) listener.call(server, secure);
  });
  // After a timeout the socket is still open.
  tls.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('connection', (socket: Socket) => {
    if (isClosed) socket.destroy();
    const ends = endsOf(socket);
    handshaking.set(ends, socket);
    socket.once('close', () => handshaking.get(ends) === socket && handshaking.delete(ends));
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
    isClosed = true;
    for (const socket of handshaking.values()) socket.destroy();
  };
}

/** Identifies a connection: equal for a socket and the TLS socket over it. */
function endsOf({ localAddress, remoteAddress, remotePort }: Socket): string {
  return `${localAddress} ${remoteAddress} ${remotePort}`;
}
