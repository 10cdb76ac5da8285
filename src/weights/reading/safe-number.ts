/** A count from a file as a number that JSON stores exactly; a larger one is wrong and is shown as the largest. */
export function toSafeNumber(value: number | bigint): number {
  const limit = Number.MAX_SAFE_INTEGER;
  return value > limit ? limit : value < -limit ? -limit : Number(value);
}
