/**
 * The time of every member of an archive, so that equal inputs give equal bytes: SOURCE_DATE_EPOCH (seconds since
 * 1970), or 1980-01-01 UTC, the first time that ZIP can store. Limited to the range of ZIP.
 */
export function entryTime(sourceDateEpoch: string | undefined): Date {
  const seconds = sourceDateEpoch !== undefined && /^\d{1,11}$/.test(sourceDateEpoch) ? Number(sourceDateEpoch) : 0;
  const first = Date.UTC(1980, 0, 1);
  const last = Date.UTC(2107, 11, 31, 23, 59, 58);
  return new Date(Math.min(last, Math.max(first, seconds * 1000)));
}
