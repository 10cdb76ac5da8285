/** The items, and then the last of them until there are `size`: what a model of a fixed batch takes. */
export function fillUp<T>(items: readonly T[], size: number): T[] {
  const last = items.slice(-1);
  return [
    ...items,
    ...Array<T[]>(size - items.length)
      .fill(last)
      .flat(),
  ];
}
