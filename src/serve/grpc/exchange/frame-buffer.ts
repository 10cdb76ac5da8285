/** Messages of a call, each after a flag and its length (github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). */
import { ToolError } from '../../../core/errors.ts';
import { gatherBytes } from '../../gather-bytes.ts';

/** Flag and length before a message. */
export const PREFIX_BYTES = 5;

export interface Frame {
  readonly isCompressed: boolean;
  readonly message: Buffer;
}

export interface FrameBuffer {
  /** Bytes that are no whole message yet. */
  readonly bytes: number;
  push(chunk: Buffer): void;
  /** The next message; undefined while it is not whole. Throws REQUEST_TOO_LARGE as soon as its length is known. */
  take(): Frame | undefined;
}

export function createFrameBuffer(messageBytes: number): FrameBuffer {
  let gathered = gatherBytes();
  return {
    get bytes() {
      return gathered.length;
    },
    push: (chunk) => gathered.push(chunk),
    take() {
      if (gathered.length < PREFIX_BYTES) return undefined;
      const prefix = gathered.peek(PREFIX_BYTES);
      const length = prefix.readUInt32BE(1);
      if (length > messageBytes) throw new ToolError('REQUEST_TOO_LARGE', { limit: messageBytes });
      const end = PREFIX_BYTES + length;
      if (gathered.length < end) return undefined;
      const joined = gathered.join();
      gathered = gatherBytes();
      if (joined.length > end) gathered.push(joined.subarray(end));
      return { isCompressed: prefix[0] === 1, message: joined.subarray(PREFIX_BYTES, end) };
    },
  };
}

/** The reserved bytes before a message become its prefix. */
export function sealFrame(reserved: Buffer): Buffer {
  reserved[0] = 0;
  reserved.writeUInt32BE(reserved.length - PREFIX_BYTES, 1);
  return reserved;
}
