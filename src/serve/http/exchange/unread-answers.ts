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
  /** Told after each write to an answer; ends its connection when it is not read. */
  watch(answer: Answering): void;
  /** What waits for all clients now. */
  readonly bytes: number;
}

export function createUnreadAnswers({ stallMs, clientBytes, totalBytes, onDisconnect }: UnreadLimits): UnreadAnswers {
  const waiting = new Set<Answering>();
  const countBytes = () => [...waiting].reduce((sum, { writableLength }) => sum + writableLength, 0);
  const cut = (answer: Answering) => {
    if (isStream(answer)) answer.session?.destroy();
    else answer.req.socket.destroy();
    onDisconnect();
  };
  const begin = (answer: Answering) => {
    // Of the request, since an answer behind another of its connection has no socket yet, and never hears that it closes.
    const socket = isStream(answer) ? undefined : answer.req.socket;
    const forget = () => {
      waiting.delete(answer);
      socket?.off('close', forget);
    };
    waiting.add(answer);
    answer.once('close', forget);
    socket?.once('close', forget);
    // A byte that the system took is activity to Node, also in the middle of one large write.
    answer.setTimeout(stallMs);
    answer.on('timeout', () => {
      // A stream may pause between two parts, and then nothing waits.
      if (answer.writableLength > 0) cut(answer);
    });
  };
  const disconnectOverLimits = () => {
    const largestFirst = [...waiting].sort((a, b) => b.writableLength - a.writableLength);
    let total = countBytes();
    for (const answer of largestFirst) {
      const bytes = answer.writableLength;
      if (total <= totalBytes && bytes <= clientBytes) break;
      total -= bytes;
      cut(answer);
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
