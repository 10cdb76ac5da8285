/** Frames of HTTP/2 (RFC 9113), for clients that no library would make. */
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

const types = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, continuation: 9 } as const;
const END_STREAM = 1;
const END_HEADERS = 4;
const INITIAL_WINDOW_SIZE = 4;

function frame(type: keyof typeof types, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(types[type], 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Names and values as they are (RFC 7541, 6.2.2), each shorter than 127 bytes. */
function fields(pairs: Readonly<Record<string, string>>): Buffer {
  const text = (one: string) => Buffer.concat([Buffer.from([one.length]), Buffer.from(one)]);
  return Buffer.concat(Object.entries(pairs).flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

export const frames = {
  settings(initialWindow?: number): Buffer {
    if (initialWindow === undefined) return frame('settings', 0, 0);
    const payload = Buffer.alloc(6);
    payload.writeUInt16BE(INITIAL_WINDOW_SIZE, 0);
    payload.writeUInt32BE(initialWindow, 2);
    return frame('settings', 0, 0, payload);
  },
  ping: () => frame('ping', 0, 0, Buffer.alloc(8)),
  /** Begins a call of gRPC. */
  call(stream: number, path: string, isWhole = true): Buffer {
    const pseudo = { ':method': 'POST', ':scheme': 'http', ':authority': 'localhost', ':path': path };
    const head = { ...pseudo, 'content-type': 'application/grpc' };
    return frame('headers', isWhole ? END_HEADERS : 0, stream, fields(head));
  },
  continuation: (stream: number) => frame('continuation', 0, stream, fields({ 'x-more': 'x'.repeat(100) })),
  data: (stream: number, bytes: Buffer, isLast: boolean) => frame('data', isLast ? END_STREAM : 0, stream, bytes),
  reset: (stream: number) => frame('reset', 0, stream, Buffer.alloc(4)),
};

const GOAWAY = 7;

/** Whether the other side has said that it listens no more. */
export function hasGoaway(received: Buffer): boolean {
  for (let at = 0; at + 9 <= received.length; at += 9 + received.readUIntBE(at, 3))
    if (received[at + 3] === GOAWAY) return true;
  return false;
}

/** The n-th stream that a client begins. */
export const streamId = (index: number): number => 2 * index + 1;

/** Says that it speaks HTTP/2, and then what it is told to; what comes back it reads or leaves. */
export function connectFrames(target: string, reads: boolean): Socket {
  const [host = '', port] = target.split(':');
  const socket = connect(Number(port), host);
  socket.on('error', () => {});
  if (reads) socket.resume();
  else socket.pause();
  onTestFinished(() => void socket.destroy());
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  return socket;
}

/** Writes as fast as the other side takes it, until all is sent or the connection ends. True when it has ended. */
export async function flood(socket: Socket, pieces: Iterable<Buffer>): Promise<boolean> {
  const isEnded = () => socket.destroyed || socket.closed || !socket.writable;
  for (const piece of pieces) {
    if (isEnded()) return true;
    if (!socket.write(piece)) await new Promise<void>((resolve) => wake(socket, resolve));
  }
  return isEnded();
}

function wake(socket: Socket, resolve: () => void): void {
  const stop = () => {
    clearTimeout(timer);
    socket.off('drain', stop).off('close', stop);
    resolve();
  };
  // One that is not read from any more has had its effect.
  const timer = setTimeout(stop, 1_000);
  socket.once('drain', stop).once('close', stop);
}

/** The same many times, in pieces that are worth a write. */
export function* times(count: number, make: (index: number) => Buffer): Generator<Buffer> {
  const AT_ONCE = 500;
  for (let at = 0; at < count; at += AT_ONCE)
    yield Buffer.concat(Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, offset) => make(at + offset)));
}
