/**
 * Request targets as TorchServe reads them (contract 3.1): the whole path is percent-decoded before it is split, and
 * slashes at the end do not count. Rewriting the few targets where that matters lets the router stay an ordinary one.
 */
export function normaliseTarget(given: string): string {
  // The absolute form is for proxies, but a server has to take it too (RFC 9112 3.2.2).
  const target = given.replace(/^https?:\/\/[^/?]*(?=[/?])/i, '');
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  if (!path.includes('%') && !path.endsWith('/') && !path.includes('//')) return target;
  const query = mark < 0 ? '' : target.slice(mark);
  return `${encodePath(path)}${query}`;
}

function encodePath(path: string): string {
  const segments = decode(path).split('/').slice(1);
  while (segments.length > 1 && segments.at(-1) === '') segments.pop();
  return `/${segments.map((segment) => (segment === '' ? EMPTY_SEGMENT : encodeURIComponent(segment))).join('/')}`.replace(
    ROOT,
    '/',
  );
}

/** A segment that is there but empty, as in `/predictions//1.0`: routers drop it, and the model named "" does not exist. */
const EMPTY_SEGMENT = '%00';
const ROOT = /^\/%00$/;

/** A model's name from the route: an empty segment is an empty name. */
export function fromSegment(segment: string): string {
  return segment === '\0' ? '' : segment;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // Not valid UTF-8: the path names nothing, and no route or model has a "%" in it.
    return path;
  }
}
