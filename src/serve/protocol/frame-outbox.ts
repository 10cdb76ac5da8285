import type { Socket } from 'node:net';
import { createFrameWriter, type FrameWriter } from './frame-writer.ts';

export interface FrameOutbox {
  send(write: (writer: FrameWriter) => void): void;
  /** Writes the buffered frames now. */
  flush(): void;
}

/**
 * Writes all frames of one event-loop turn together: a write costs more than encoding a small frame and wakes the worker. No
 * frame waits longer than the current turn.
 */
export function createFrameOutbox(socket: Socket): FrameOutbox {
  const writer = createFrameWriter();
  let scheduled: NodeJS.Immediate | undefined;
  const flush = () => {
    clearImmediate(scheduled);
    scheduled = undefined;
    if (!socket.writable) return;
    const parts = writer.finish();
    if (parts.length > 1) socket.cork();
    for (const part of parts) socket.write(part);
    if (parts.length > 1) socket.uncork();
  };
  return {
    flush,
    send(write) {
      write(writer);
      scheduled ??= setImmediate(flush);
    },
  };
}
