import type { Answered } from './route.ts';

/** An access-log line in TorchServe's form (contract 3.1), or as JSON with the request id. Headers, and so keys, are never logged. */
export function formatAnswered(answered: Answered, form: 'torchserve' | 'json', now: Date): string {
  if (form === 'json') return JSON.stringify({ time: now.toISOString(), ...answered });
  const { remote, method, target, status, milliseconds } = answered;
  return `${remote} "${method} ${target} HTTP/1.1" ${status} ${milliseconds}`;
}
