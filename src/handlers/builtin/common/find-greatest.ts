/** Where the `count` greatest values stand, greatest first; of equal ones the earlier first. Sorting a thousand classes costs ten times as much. */
export function findGreatest(values: ArrayLike<number>, count: number): number[] {
  const found: number[] = [];
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    const isLess = (other: number | undefined) => other !== undefined && (values[other] as number) < value;
    if (found.length === count && !isLess(found[count - 1])) continue;
    let place = found.length;
    while (isLess(found[place - 1])) place--;
    found.splice(place, 0, index);
    found.length = Math.min(found.length, count);
  }
  return found;
}
