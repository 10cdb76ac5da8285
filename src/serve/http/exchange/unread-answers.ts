/** Answers whose client does not read them lie in this process. They may not do so for ever, nor fill its memory. */
import type { ServerResponse } from 'node:http';

export interface UnreadLimits {
  /** Milliseconds in which a client takes not one byte of what waits for it; Node notices within twice that. */
  readonly stallMs: number;
  /** Bytes that wait for one client. */
  readonly clientBytes: number;
  /** Bytes that wait for all clients together. */
  readonly totalBytes: number;
  /** Told when a client was cut, and its memory can be given back. */
  readonly onCut: () => void;
}

export interface UnreadAnswers {
  /** Told after each write to a response; ends its connection when it is not read. */
  watch(response: ServerResponse): void;
  /** What waits for all clients now. */
  readonly bytes: number;
}

export function createUnreadAnswers({ stallMs, clientBytes, totalBytes, onCut }: UnreadLimits): UnreadAnswers {
  const waiting = new Set<ServerResponse>();
  const countBytes = () => [...waiting].reduce((sum, { writableLength }) => sum + writableLength, 0);
  const cut = (response: ServerResponse) => {
    response.req.socket.destroy();
    onCut();
  };
  const begin = (response: ServerResponse) => {
    // Of the request, since an answer behind another of its connection has no socket yet, and never hears that it closes.
    const { socket } = response.req;
    const forget = () => {
      waiting.delete(response);
      socket.off('close', forget);
    };
    waiting.add(response);
    response.once('close', forget);
    socket.once('close', forget);
    // A byte that the system took is activity to Node, also in the middle of one large write.
    response.setTimeout(stallMs, () => {
      // A stream may pause between two parts, and then nothing waits.
      if (response.writableLength > 0) cut(response);
    });
  };
  const cutOverBounds = () => {
    const largestFirst = [...waiting].sort((a, b) => b.writableLength - a.writableLength);
    let total = countBytes();
    for (const response of largestFirst) {
      const bytes = response.writableLength;
      if (total <= totalBytes && bytes <= clientBytes) break;
      total -= bytes;
      cut(response);
    }
  };
  return {
    get bytes() {
      return countBytes();
    },
    watch(response) {
      if (response.writableLength === 0) return;
      if (!waiting.has(response)) begin(response);
      cutOverBounds();
    },
  };
}
