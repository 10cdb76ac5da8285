import { ToolError } from '../core/errors.ts';

/** Where a listener is; two roles with the same address share one. */
export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** `http://host[:port]` or `unix:/path` (contract 4.1); port 0 asks for a free one. `option` is named in the error. */
export function parseAddress(text: string, option: string, defaultPort: number): ListenAddress {
  const path = /^unix:(.+)$/.exec(text)?.[1];
  if (path !== undefined) return { kind: 'unix', path };
  const found = /^http:\/\/(\[[0-9a-f:.]+\]|[^/:[\]\s]+)(?::(\d{1,5}))?\/?$/i.exec(text);
  const port = found?.[2] === undefined ? defaultPort : Number(found[2]);
  if (found?.[1] === undefined || port > 65_535) {
    const expected = /^https:/i.test(text)
      ? 'http://host:port (TLS belongs to the proxy in front)'
      : 'http://host:port or unix:/path';
    throw new ToolError('INVALID_OPTION', { option, found: JSON.stringify(text), expected });
  }
  return { kind: 'tcp', host: found[1].replace(/^\[|\]$/g, ''), port };
}

export function formatAddress(address: ListenAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  return `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}

export function isLoopback(address: ListenAddress): boolean {
  return address.kind === 'unix' || /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(address.host);
}
