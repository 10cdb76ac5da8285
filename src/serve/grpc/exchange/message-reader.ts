import type { ServerHttp2Stream } from 'node:http2';
import { decompress } from './decompress.ts';
import { createFrameBuffer } from './frame-buffer.ts';
import { CallFailed, codes } from './status.ts';

/** What clients may do while they send: one alone cannot wait for ever, all together cannot fill the memory. */
export interface ArrivalLimits {
  /** Bytes of one message, also when it is decompressed. */
  readonly messageBytes: number;
  /** Bytes of all messages that have begun and not ended; counted as they come. */
  readonly arrivingBytes: number;
  /** Milliseconds between two pieces of a message. */
  readonly idleMs: number;
  /** Bytes that a client may send of one call while it is not listened to: the window of its stream. */
  readonly windowBytes: number;
  /** Called when a client is given up: what it sent is garbage. */
  readonly onGivenUp: () => void;
}

export interface Receiving {
  /** The `grpc-encoding` header. */
  readonly encoding: string | undefined;
  /** Whether the client sends any number of messages; otherwise exactly one. */
  readonly many: boolean;
  /** Called for one message after another. */
  hear(message: Buffer): Promise<void> | void;
}

export interface MessageReader {
  /**
   * Resolves when all is sent and heard; rejects with the first error, of a message or of `hear`. Stays pending when the
   * client goes away.
   */
  receive(stream: ServerHttp2Stream, receiving: Receiving): Promise<void>;
  close(): void;
}

interface Arrival {
  /** Also those that may come while nobody listens. */
  bytes: number;
  /** When its last piece came, on the clock of `performance`; infinite while the client owes nothing. */
  heardAt: number;
  fail(error: CallFailed): void;
}

/** How often silent clients are looked for, as a share of the time they have. */
const CHECKS = 10;
const OWES_NOTHING = Number.POSITIVE_INFINITY;

export function createMessageReader(limits: ArrivalLimits): MessageReader {
  const arriving = new Set<Arrival>();
  let total = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    for (const arrival of arriving) {
      if (now - arrival.heardAt <= limits.idleMs) continue;
      arrival.fail(tooSlow());
      limits.onGivenUp();
    }
  }, limits.idleMs / CHECKS).unref();
  /** False when all clients together send more than they may. */
  const count = (arrival: Arrival, bytes: number): boolean => {
    total += bytes - arrival.bytes;
    arrival.bytes = bytes;
    return total <= limits.arrivingBytes;
  };
  const leave = (arrival: Arrival) => {
    count(arrival, 0);
    return arriving.delete(arrival);
  };
  return {
    close: () => clearInterval(timer),
    receive: (stream, receiving) =>
      new Promise((resolve, reject) => {
        const fail = (error: unknown) => {
          leave(arrival);
          reject(error);
        };
        const arrival: Arrival = { bytes: 0, heardAt: performance.now(), fail };
        arriving.add(arrival);
        const frames = createFrameBuffer(limits.messageBytes);
        const messages = hearInTurn(stream, { ...receiving, frames, arrival, messageBytes: limits.messageBytes });
        stream.on('data', (chunk: Buffer) => {
          if (!arriving.has(arrival)) return;
          if (messages.isComplete) return fail(onlyOne());
          frames.push(chunk);
          arrival.heardAt = performance.now();
          // Node hands over what the client sends meanwhile, and no event tells of it.
          const unseen = receiving.many ? limits.windowBytes : 0;
          if (!count(arrival, frames.bytes + unseen)) return fail(tooMuch());
          messages.hearAll().then(() => {
            if (arriving.has(arrival)) count(arrival, frames.bytes);
          }, fail);
        });
        stream.on('end', () => {
          if (!arriving.has(arrival)) return;
          messages.end().then(() => {
            leave(arrival);
            resolve();
          }, fail);
        });
        stream.on('close', () => leave(arrival));
      }),
  };
}

interface Hearing extends Receiving {
  readonly frames: ReturnType<typeof createFrameBuffer>;
  readonly arrival: Arrival;
  readonly messageBytes: number;
}

interface Turns {
  /** Whether the one message of a call is there. */
  readonly isComplete: boolean;
  hearAll(): Promise<void>;
  end(): Promise<void>;
}

/** One message at a time: the client of many waits, by the flow control of its stream, while one is heard. */
function hearInTurn(
  stream: ServerHttp2Stream,
  { encoding = 'identity', many, hear, frames, arrival, messageBytes }: Hearing,
): Turns {
  let heard = 0;
  let hearing: Promise<void> = Promise.resolve();
  const hearNext = async () => {
    for (let frame = frames.take(); frame !== undefined; frame = frames.take()) {
      heard++;
      if (heard > 1 && !many) throw onlyOne();
      arrival.heardAt = OWES_NOTHING;
      if (many) stream.pause();
      await hear(frame.isCompressed ? await decompress(frame.message, encoding, messageBytes) : frame.message);
      if (many) stream.resume();
    }
    const isBetween = many && frames.bytes === 0;
    arrival.heardAt = isBetween ? OWES_NOTHING : performance.now();
  };
  const hearAll = () => {
    hearing = hearing.then(hearNext);
    return hearing;
  };
  return {
    get isComplete() {
      return heard > 0 && !many;
    },
    hearAll,
    async end() {
      await hearAll();
      if (frames.bytes > 0) throw new CallFailed(codes.internal, 'The last message is cut off.');
      if (heard === 0 && !many) throw onlyOne();
    },
  };
}

const onlyOne = () => new CallFailed(codes.unimplemented, 'The method takes one message.');
const tooSlow = () => new CallFailed(codes.deadlineExceeded, 'The request did not arrive in time.');
const tooMuch = () =>
  new CallFailed(codes.unavailable, 'More bytes of requests are arriving than this server takes at a time.');
