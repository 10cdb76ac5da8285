/** Reads one message: yields how many bytes it needs next, and is resumed with exactly those. */
export type Frame<T> = Generator<number, T, Buffer>;

export interface Decoder<T> {
  /** Messages completed by this chunk, in order. Throws WORKER_PROTOCOL; the decoder is unusable after that. */
  push(chunk: Buffer): T[];
  /** Whether the bytes so far end at the end of a message. */
  readonly atBoundary: boolean;
}

const NOTHING = Buffer.alloc(0);

/**
 * Runs a frame reader over chunks. Bytes within one chunk are passed as a view; bytes that span chunks are collected in a
 * buffer of their final size, so that a large body is copied at most once.
 */
export function createDecoder<T>(frame: () => Frame<T>): Decoder<T> {
  let running = frame();
  let need = firstNeed(running);
  let partial: Buffer | undefined;
  let filled = 0;
  let started = false;

  const take = (chunk: Buffer, at: number): { piece?: Buffer; at: number } => {
    if (need === 0) return { piece: NOTHING, at };
    const left = chunk.length - at;
    if (partial === undefined && left >= need) return { piece: chunk.subarray(at, at + need), at: at + need };
    if (left === 0) return { at };
    partial ??= Buffer.allocUnsafe(need);
    const copied = chunk.copy(partial, filled, at);
    filled += copied;
    if (filled < need) return { at: at + copied };
    const piece = partial;
    partial = undefined;
    filled = 0;
    return { piece, at: at + copied };
  };

  return {
    get atBoundary() {
      return !started;
    },
    push(chunk) {
      const done: T[] = [];
      if (chunk.length > 0) started = true;
      for (let at = 0; ; ) {
        const taken = take(chunk, at);
        at = taken.at;
        if (taken.piece === undefined) return done;
        const step = running.next(taken.piece);
        if (step.done === true) {
          done.push(step.value);
          running = frame();
          need = firstNeed(running);
          started = at < chunk.length;
        } else need = step.value;
      }
    },
  };
}

function firstNeed<T>(frame: Frame<T>): number {
  const { value, done } = frame.next(NOTHING);
  // Every frame begins with a byte or an integer.
  return done === true ? 0 : value;
}
