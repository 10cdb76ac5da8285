const UNITS_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 1 / 1_000,
  n: 1 / 1_000_000,
};
/** Node's longest timer; a client with a longer deadline has none. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Milliseconds of a `grpc-timeout` header; undefined without one, and for an invalid one. */
export function readTimeout(header: string | undefined): number | undefined {
  const [, digits, unit] = /^(\d{1,8})([HMSmun])$/.exec(header ?? '') ?? [];
  const milliseconds = Number(digits) * (UNITS_MS[unit ?? ''] ?? Number.NaN);
  return milliseconds <= MAX_TIMER_MS ? Math.ceil(milliseconds) : undefined;
}
