const MAX_PAGE = 100;

/** The requested part of a list; invalid values count as absent (contract 3.4). */
export interface PageRequest {
  readonly limit: number | undefined;
  readonly start: number | undefined;
}

/** One page of a list, and the start of the next one. */
export function takePage<T>(
  list: readonly T[],
  { limit: asked = MAX_PAGE, start: from = 0 }: PageRequest,
): { items: readonly T[]; next: { nextPageToken?: string } } {
  const limit = asked < 0 || asked > MAX_PAGE ? MAX_PAGE : asked;
  const start = Math.max(0, from);
  const end = start + limit;
  // The token is present also after an exactly full last page, as upstream has it.
  return { items: list.slice(start, end), next: end <= list.length ? { nextPageToken: String(end) } : {} };
}
