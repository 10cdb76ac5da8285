import type { Answered } from './route.ts';

/** An access-log line in TorchServe's form (contract 3.1), or as JSON with the request id. Headers, and so keys, are never logged. */
export function formatAnswered(answered: Answered, form: 'torchserve' | 'json', now: Date): string {
  if (form === 'json') return JSON.stringify({ time: now.toISOString(), ...answered });
  const { remote, method, target, status, milliseconds } = answered;
  const version = method === 'gRPC' ? 'HTTP/2.0' : 'HTTP/1.1';
  return `${toJavaAddress(remote)} "${method} ${target} ${version}" ${status} ${milliseconds}`;
}

/** An address and its port as Java prints them: `/127.0.0.1:8080`, `/[0:0:0:0:0:0:0:1]:8080`. */
function toJavaAddress(remote: string): string {
  const colon = remote.lastIndexOf(':');
  // An IPv4 client of a listener that speaks both.
  const address = remote.slice(0, colon).replace(/^::ffff:(?=\d+\.)/i, '');
  return `/${address.includes(':') ? `[${writeOut(address)}]` : address}${remote.slice(colon)}`;
}

/** All eight groups of an IPv6 address. */
function writeOut(address: string): string {
  const [bare = '', zone] = address.split('%');
  const [head = '', tail] = bare.split('::');
  const groups = (text: string) => text.split(':').filter((group) => group !== '');
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].join(':') + (zone === undefined ? '' : `%${zone}`);
}
