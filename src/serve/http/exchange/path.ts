/**
 * Normalises request targets as TorchServe does (contract 3.1): the path is percent-decoded before it is split, and trailing
 * slashes are ignored.
 */
export function normaliseTarget(given: string): string {
  // A server must accept the absolute form too (RFC 9112 3.2.2).
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

/** Stands for an empty segment, as in `/predictions//1.0`, which the router would drop. No model is named "". */
const EMPTY_SEGMENT = '%00';
const ROOT = /^\/%00$/;

/** Route parameter → model name: the placeholder is an empty name. */
export function fromSegment(segment: string): string {
  return segment === '\0' ? '' : segment;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // Not valid UTF-8. No route or model name contains "%", so the path stays unknown.
    return path;
  }
}
