/** Collects messages in few buffers for one vectored write. */

/** Smaller values are copied into the frame's buffer: cheaper than one more buffer for writev. */
const COPY_BELOW_BYTES = 16 * 1024;

export interface FrameWriter {
  byte(value: number): void;
  int(value: number): void;
  text(value: string): void;
  value(bytes: Uint8Array): void;
  /** The buffers written since the last call, in order. */
  finish(): Uint8Array[];
}

export function createFrameWriter(): FrameWriter {
  let parts: Uint8Array[] = [];
  let buffer = Buffer.allocUnsafe(2048);
  let start = 0;
  let end = 0;
  const flush = () => {
    if (end > start) parts.push(buffer.subarray(start, end));
    start = end;
  };
  const reserve = (bytes: number) => {
    if (end + bytes <= buffer.length) return;
    flush();
    buffer = Buffer.allocUnsafe(Math.max(bytes, COPY_BELOW_BYTES * 2));
    start = end = 0;
  };
  const int = (value: number) => {
    reserve(4);
    end = buffer.writeInt32BE(value, end);
  };
  return {
    int,
    byte(value) {
      reserve(1);
      buffer[end++] = value;
    },
    text(value) {
      // A UTF-16 unit takes at most three bytes of UTF-8: write first, then fill in the length.
      reserve(4 + value.length * 3);
      const written = buffer.write(value, end + 4);
      buffer.writeInt32BE(written, end);
      end += 4 + written;
    },
    value(bytes) {
      int(bytes.length);
      if (bytes.length < COPY_BELOW_BYTES) {
        reserve(bytes.length);
        buffer.set(bytes, end);
        end += bytes.length;
      } else {
        flush();
        parts.push(bytes);
      }
    },
    finish() {
      flush();
      const finished = parts;
      parts = [];
      return finished;
    },
  };
}
