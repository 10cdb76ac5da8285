interface Place {
  readonly index: number;
  readonly value: number;
}

/**
 * Indices of the `count` greatest values, greatest first; of equal ones the earlier first. Sorting a thousand classes
 * takes ten times as long.
 */
export function findGreatest(values: ArrayLike<number>, count: number): Place[] {
  const found: Place[] = [];
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? NaN;
    const isLess = (other: Place | undefined) => other !== undefined && other.value < value;
    if (found.length === count && !isLess(found[count - 1])) continue;
    let place = found.length;
    while (isLess(found[place - 1])) place--;
    found.splice(place, 0, { index, value });
    found.length = Math.min(found.length, count);
  }
  return found;
}
