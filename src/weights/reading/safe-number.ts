/** A count from a file as a number that JSON carries exactly; what is larger is a lie and is shown as the largest. */
export function toSafeNumber(value: number | bigint): number {
  const limit = Number.MAX_SAFE_INTEGER;
  return value > limit ? limit : value < -limit ? -limit : Number(value);
}
