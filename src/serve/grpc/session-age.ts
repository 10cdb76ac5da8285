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
