import { ToolError } from '../../core/errors.ts';

/** Address of a listener; two roles with the same address share one. */
export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly secure: boolean }
  | { readonly kind: 'unix'; readonly path: string };

/** For addresses without a port. */
export interface DefaultPorts {
  readonly http: number;
  readonly https: number;
}

/** `http://host[:port]`, `https://host[:port]` or `unix:/path` (contract 4.1); port 0 asks for a free one. `option` is named in the error. */
export function parseAddress(text: string, option: string, defaultPorts: DefaultPorts): ListenAddress {
  const path = /^unix:(.+)$/.exec(text)?.[1];
  if (path !== undefined) return { kind: 'unix', path };
  const found = /^(https?):\/\/(\[[0-9a-f:.]+\]|[^/:[\]\s]+)(?::(\d{1,5}))?\/?$/i.exec(text);
  const [, scheme = '', host, given] = found ?? [];
  const secure = scheme.toLowerCase() === 'https';
  const port = given === undefined ? defaultPorts[secure ? 'https' : 'http'] : Number(given);
  if (host === undefined || port > 65_535) {
    const expected = 'http://host:port, https://host:port or unix:/path';
    throw new ToolError('INVALID_OPTION', { option, found: JSON.stringify(text), expected });
  }
  return { kind: 'tcp', host: host.replace(/^\[|\]$/g, ''), port, secure };
}

export function formatAddress(address: ListenAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${address.secure ? 'https' : 'http'}://${host}:${address.port}`;
}

export function isLoopback(address: ListenAddress): boolean {
  return address.kind === 'unix' || /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(address.host);
}

export function isSecure(address: ListenAddress): boolean {
  return address.kind === 'tcp' && address.secure;
}
