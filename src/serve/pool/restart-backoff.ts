/** Seconds before the n-th restart since the last successful load (contract 5.4): TorchServe's list, a Fibonacci series. */
const DELAYS_S = [1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597];

/** Milliseconds; `failures` counts from 0. */
export function backOffMs(failures: number): number {
  return (DELAYS_S[Math.min(failures, DELAYS_S.length - 1)] ?? 0) * 1000;
}
