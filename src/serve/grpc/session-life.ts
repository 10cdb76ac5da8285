import type { ServerHttp2Session } from 'node:http2';

/** How long a connection may live; undefined for as long as its client likes. */
export interface ConnectionAge {
  readonly maxMs: number | undefined;
  /** What the calls of such a connection get to end after that. */
  readonly graceMs: number | undefined;
}

/** Tells an old connection to take no new calls, so that clients spread over the servers behind a name. */
export function limitAge(session: ServerHttp2Session, { maxMs, graceMs }: ConnectionAge): void {
  if (maxMs === undefined) return;
  let timer = setTimeout(() => {
    session.close();
    if (graceMs !== undefined) timer = setTimeout(() => session.destroy(), graceMs).unref();
  }, maxMs).unref();
  session.once('close', () => clearTimeout(timer));
}

export interface Silence {
  /** Milliseconds without a byte after which the client is asked whether it is there. */
  readonly askAfterMs: number;
  /** Milliseconds for its answer. */
  readonly answerMs: number;
}

/** Ends a connection whose client is gone without a word, as one that lost its power or its network. */
export function watchSilence(session: ServerHttp2Session, { askAfterMs, answerMs }: Silence): void {
  let timer: NodeJS.Timeout | undefined;
  session.setTimeout(askAfterMs);
  session.on('timeout', () => {
    if (session.destroyed) return;
    timer = setTimeout(() => session.destroy(), answerMs).unref();
    session.ping(() => {
      clearTimeout(timer);
      // Its answer does not count as a sign of life to Node.
      session.setTimeout(askAfterMs);
    });
  });
  session.once('close', () => clearTimeout(timer));
}
