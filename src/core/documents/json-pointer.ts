/** RFC 6901: "/a/0" for the first element of `a`, "" for the whole document. */
export function toJsonPointer(path: readonly unknown[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
