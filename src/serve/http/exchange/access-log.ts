import type { Answered } from './route.ts';

/** One line of an access log: as TorchServe writes it (contract 3.1), or as JSON with the request's id. No header is in it, and so no key. */
export function formatAnswered(answered: Answered, form: 'torchserve' | 'json', now: Date): string {
  if (form === 'json') return JSON.stringify({ time: now.toISOString(), ...answered });
  const { remote, method, target, status, milliseconds } = answered;
  return `${remote} "${method} ${target} HTTP/1.1" ${status} ${milliseconds}`;
}
