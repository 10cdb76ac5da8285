/** Bounds the time and the memory of responses whose clients do not read them. */
import type { ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';

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

/** What an answer is written to, over HTTP/1.1 or HTTP/2. */
export type Answering = ServerResponse | ServerHttp2Stream;

export interface UnreadAnswers {
  /** Call after each write to an answer; disconnects clients that exceed a limit. */
  watch(answer: Answering): void;
  /** Unread bytes of all clients now. */
  readonly bytes: number;
}

export function createUnreadAnswers({ stallMs, clientBytes, totalBytes, onDisconnect }: UnreadLimits): UnreadAnswers {
  const waiting = new Set<Answering>();
  const countBytes = () => [...waiting].reduce((sum, { writableLength }) => sum + writableLength, 0);
  const disconnect = (answer: Answering) => {
    if (isStream(answer)) answer.session?.destroy();
    else answer.req.socket.destroy();
    onDisconnect();
  };
  const begin = (answer: Answering) => {
    // The request's: a pipelined response has no socket yet and misses its close event.
    const socket = isStream(answer) ? undefined : answer.req.socket;
    const forget = () => {
      waiting.delete(answer);
      socket?.off('close', forget);
    };
    waiting.add(answer);
    answer.once('close', forget);
    socket?.once('close', forget);
    // Node counts any byte sent as activity, also within one large write.
    answer.setTimeout(stallMs);
    answer.on('timeout', () => {
      // Nothing is unread between two parts of a stream.
      if (answer.writableLength > 0) disconnect(answer);
    });
  };
  const disconnectOverLimits = () => {
    const largestFirst = [...waiting].sort((a, b) => b.writableLength - a.writableLength);
    let total = countBytes();
    for (const answer of largestFirst) {
      const bytes = answer.writableLength;
      if (total <= totalBytes && bytes <= clientBytes) break;
      total -= bytes;
      disconnect(answer);
    }
  };
  return {
    get bytes() {
      return countBytes();
    },
    watch(answer) {
      if (answer.writableLength === 0) return;
      if (!waiting.has(answer)) begin(answer);
      disconnectOverLimits();
    },
  };
}

function isStream(answer: Answering): answer is ServerHttp2Stream {
  return 'session' in answer;
}
