import { constants, type ServerHttp2Stream } from 'node:http2';
import type { UnreadAnswers } from '../../http/exchange/unread-answers.ts';
import { ACCEPTED_ENCODINGS } from './decompress.ts';
import { codes, type Status, toTrailers } from './status.ts';

/** One call of a client on its way to its status, which it gets exactly once. */
export interface Call {
  /** Made by the server; the client reads it in `x-request-id`. */
  readonly id: string;
  /** Sends a message, its prefix included. Nothing is sent when the call is over. */
  send(frame: Buffer): void;
  end(status: Status): void;
  /** Registers `drop` for when nobody waits for the answer any more: the client went away, its deadline has passed, the call failed. */
  onGone(drop: () => void): void;
  /** One message is answered: what was registered for it is forgotten. */
  forgetDrops(): void;
}

export interface CallOptions {
  readonly id: string;
  /** Milliseconds that the client waits. */
  readonly timeout: number | undefined;
  readonly unread: UnreadAnswers;
  /** Called once. */
  onEnd(status: Status): void;
}

const CANCELLED: Status = { code: codes.cancelled, message: 'The client cancelled the call.' };
const TOO_LATE: Status = { code: codes.deadlineExceeded, message: 'The deadline of the call has passed.' };

export function createCall(stream: ServerHttp2Stream, { id, timeout, unread, onEnd }: CallOptions): Call {
  const drops: (() => void)[] = [];
  let isOver = false;
  let deadline: NodeJS.Timeout | undefined;
  const head = {
    ':status': 200,
    'content-type': 'application/grpc',
    'grpc-accept-encoding': ACCEPTED_ENCODINGS,
    'x-request-id': id,
  };
  const settle = (status: Status): boolean => {
    if (isOver) return false;
    isOver = true;
    clearTimeout(deadline);
    onEnd(status);
    return true;
  };
  const end = (status: Status) => {
    if (!settle(status)) return;
    // What is at work for a call that failed is not asked for any more.
    if (status.code !== codes.ok) for (const one of drops) one();
    if (stream.destroyed || stream.closed) return;
    // What the client still sends is not read: it is told so, once its status is on the way.
    const stopClient = () => {
      if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
    };
    if (stream.headersSent) {
      stream.once('wantTrailers', () => {
        stream.sendTrailers(toTrailers(status));
        setImmediate(stopClient);
      });
      stream.end();
    } else {
      stream.respond({ ...head, ...toTrailers(status) }, { endStream: true });
      setImmediate(stopClient);
    }
    unread.watch(stream);
  };
  if (timeout !== undefined) deadline = setTimeout(() => end(TOO_LATE), timeout).unref();
  stream.once('close', () => end(CANCELLED));
  // Of a connection that broke; `close` follows.
  stream.on('error', () => {});
  return {
    id,
    send(frame) {
      if (isOver || stream.destroyed || stream.closed) return;
      if (!stream.headersSent) stream.respond(head, { waitForTrailers: true });
      stream.write(frame);
      unread.watch(stream);
    },
    end,
    onGone(one) {
      if (isOver) one();
      else drops.push(one);
    },
    forgetDrops: () => void drops.splice(0),
  };
}
