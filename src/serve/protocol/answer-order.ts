import type { WorkerRequest, WorkerResponse } from './messages.ts';

/** What an order knows of a request that waits for its answer. */
export interface Awaited {
  readonly request: WorkerRequest;
  readonly timeoutMs: number;
}

/** In which order a worker answers: which request an answer is for, and from when each is timed. */
export interface AnswerOrder<R extends Awaited> {
  /** Undefined if nothing was asked for it. `pending` is in the order of sending. */
  match(response: WorkerResponse, pending: readonly R[]): R | undefined;
  sent(request: R, pending: readonly R[]): void;
  /** A part came, and another will. */
  part(request: R): void;
  /** `pending` has it no more. */
  answered(request: R, pending: readonly R[]): void;
  /** Nothing is timed any more. */
  end(): void;
}

/** In the order of the requests, of which the worker runs the first: only that one is timed. */
export function inOrder<R extends Awaited>(onLate: (ms: number) => void): AnswerOrder<R> {
  const timer = createTimer(onLate);
  return {
    match: (_, [first]) => first,
    sent(request, pending) {
      if (pending.length === 1) timer.start(request.timeoutMs);
    },
    part: ({ timeoutMs }) => timer.start(timeoutMs),
    answered(_, [next]) {
      if (next === undefined) timer.stop();
      else timer.start(next.timeoutMs);
    },
    end: timer.end,
  };
}

/** As each is done (asyncCommunication): an answer, a failure as well, names the requests it is for, and each is timed by itself. */
export function asDone<R extends Awaited>(onLate: (ms: number) => void): AnswerOrder<R> {
  const timers = new Map<R, NodeJS.Timeout>();
  const stop = (request: R) => {
    clearTimeout(timers.get(request));
    timers.delete(request);
  };
  return {
    match(response, pending) {
      const id = response.predictions[0]?.id;
      // The answer to a load names none.
      return id === undefined ? pending[0] : pending.find(({ request }) => asksFor(request, id));
    },
    sent(request) {
      timers.set(request, setTimeout(() => onLate(request.timeoutMs), request.timeoutMs).unref());
    },
    part: (request) => void timers.get(request)?.refresh(),
    answered: stop,
    end() {
      for (const request of [...timers.keys()]) stop(request);
    },
  };
}

function asksFor(request: WorkerRequest, id: string): boolean {
  return request.kind === 'predict' && request.requests.some((one) => one.id === id);
}

interface Timer {
  start(ms: number): void;
  stop(): void;
  /** Stops it for good. */
  end(): void;
}

/** One timer for all requests of a connection: there may be thousands a second. */
function createTimer(onEnd: (ms: number) => void): Timer {
  let timer: NodeJS.Timeout | undefined;
  let length = 0;
  let waiting = false;
  return {
    start(ms) {
      waiting = true;
      if (timer !== undefined && ms === length) return void timer.refresh();
      clearTimeout(timer);
      length = ms;
      timer = setTimeout(() => {
        if (waiting) onEnd(ms);
      }, ms).unref();
    },
    stop() {
      waiting = false;
    },
    end() {
      waiting = false;
      clearTimeout(timer);
    },
  };
}
