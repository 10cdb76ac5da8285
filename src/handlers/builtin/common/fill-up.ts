/** The items, filled up to `size` with the last one, for a model with a fixed batch size. */
export function fillUp<T>(items: readonly T[], size: number): T[] {
  const last = items.slice(-1);
  return [
    ...items,
    ...Array<T[]>(size - items.length)
      .fill(last)
      .flat(),
  ];
}
