/** Bounds the time and the memory of responses whose clients do not read them. */
import type { ServerResponse } from 'node:http';

export interface UnreadLimits {
  /** Milliseconds without a byte read by the client; Node detects it within twice that. */
  readonly stallMs: number;
  /** Unread bytes of one client. */
  readonly clientBytes: number;
  /** Unread bytes of all clients together. */
  readonly totalBytes: number;
  /** Called when a client is disconnected: its buffers are garbage. */
  readonly onDisconnect: () => void;
}

export interface UnreadAnswers {
  /** Call after each write to a response; disconnects clients that exceed a limit. */
  watch(response: ServerResponse): void;
  /** Unread bytes of all clients now. */
  readonly bytes: number;
}

export function createUnreadAnswers({ stallMs, clientBytes, totalBytes, onDisconnect }: UnreadLimits): UnreadAnswers {
  const waiting = new Set<ServerResponse>();
  const countBytes = () => [...waiting].reduce((sum, { writableLength }) => sum + writableLength, 0);
  const disconnect = (response: ServerResponse) => {
    response.req.socket.destroy();
    onDisconnect();
  };
  const begin = (response: ServerResponse) => {
    // The request's: a pipelined response has no socket yet and misses its close event.
    const { socket } = response.req;
    const forget = () => {
      waiting.delete(response);
      socket.off('close', forget);
    };
    waiting.add(response);
    response.once('close', forget);
    socket.once('close', forget);
    // Node counts any byte sent as activity, also within one large write.
    response.setTimeout(stallMs, () => {
      // Nothing is unread between two parts of a stream.
      if (response.writableLength > 0) disconnect(response);
    });
  };
  const disconnectOverLimits = () => {
    const largestFirst = [...waiting].sort((a, b) => b.writableLength - a.writableLength);
    let total = countBytes();
    for (const response of largestFirst) {
      const bytes = response.writableLength;
      if (total <= totalBytes && bytes <= clientBytes) break;
      total -= bytes;
      disconnect(response);
    }
  };
  return {
    get bytes() {
      return countBytes();
    },
    watch(response) {
      if (response.writableLength === 0) return;
      if (!waiting.has(response)) begin(response);
      disconnectOverLimits();
    },
  };
}
