/** Answers whose client does not read them lie in this process. They may not do so for ever, nor fill its memory. */
import type { ServerResponse } from 'node:http';

export interface UnreadLimits {
  /** Milliseconds in which a client takes not one byte of what waits for it. */
  readonly stallMs: number;
  /** Bytes that wait for one client. */
  readonly clientBytes: number;
  /** Bytes that wait for all clients together. */
  readonly totalBytes: number;
}

export interface UnreadAnswers {
  /** Told after each write to a response; ends its connection when it is not read. */
  watch(response: ServerResponse): void;
}

export function createUnreadAnswers({ stallMs, clientBytes, totalBytes }: UnreadLimits): UnreadAnswers {
  const waiting = new Set<ServerResponse>();
  const begin = (response: ServerResponse) => {
    waiting.add(response);
    response.once('close', () => waiting.delete(response));
    // A byte that the system took is activity to Node, also in the middle of one large write.
    response.setTimeout(stallMs, () => {
      // A stream may pause between two parts, and then nothing waits.
      if (response.writableLength > 0) response.destroy();
    });
  };
  const cutOverBounds = () => {
    const largestFirst = [...waiting].sort((a, b) => b.writableLength - a.writableLength);
    let total = largestFirst.reduce((sum, { writableLength }) => sum + writableLength, 0);
    for (const response of largestFirst) {
      const bytes = response.writableLength;
      if (total <= totalBytes && bytes <= clientBytes) break;
      total -= bytes;
      response.destroy();
    }
  };
  return {
    watch(response) {
      // Behind another answer of the same connection it waits without a socket.
      if (response.writableLength === 0) return;
      if (!waiting.has(response)) begin(response);
      cutOverBounds();
    },
  };
}
