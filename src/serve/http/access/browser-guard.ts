/**
 * Any web page can send requests to loopback through the browser. Without keys, such requests are recognised by headers that
 * a page cannot set: Host reveals DNS rebinding, Origin and Sec-Fetch-Site reveal the page.
 */
import type { IncomingMessage } from 'node:http';
import { ToolError } from '../../../core/errors.ts';

export interface BrowserRules {
  /** Whether the listener is on loopback: only loopback names are then valid hosts. */
  readonly isLoopback: boolean;
  /** Additional host names, without a port; "*" allows all. */
  readonly allowedHosts: readonly string[];
  /** The allowed CORS origin; "*" allows all. */
  readonly corsOrigin: string | undefined;
}

export interface BrowserGuard {
  /** HOST_REFUSED or ORIGIN_REFUSED; undefined for an allowed request. `isRead`: the request neither changes nor runs anything. */
  refuse(request: IncomingMessage, isRead: boolean): ToolError | undefined;
}

export function createBrowserGuard({ isLoopback, allowedHosts, corsOrigin }: BrowserRules): BrowserGuard {
  const hosts = new Set(allowedHosts.map((name) => name.toLowerCase()));
  const isAnyHost = !isLoopback || hosts.has('*');
  const isKnownHost = (host: string) => {
    const name = withoutPort(host);
    return isLoopbackName(name) || hosts.has(name);
  };
  return {
    refuse({ headers }, isRead) {
      // HTTP/1.0 clients may send none; browsers always do.
      const { host } = headers;
      if (host !== undefined && !isAnyHost && !isKnownHost(host)) return new ToolError('HOST_REFUSED', { host });
      if (isRead || corsOrigin === '*') return undefined;
      const { origin } = headers;
      if (origin !== undefined && origin === corsOrigin) return undefined;
      const site = headers['sec-fetch-site'] ?? 'none';
      const isOwn = origin === undefined ? true : hostOf(origin) === host?.toLowerCase();
      // "same-site" is another port or subdomain: still another origin.
      if (isOwn && (site === 'same-origin' || site === 'none')) return undefined;
      return new ToolError('ORIGIN_REFUSED', { origin });
    },
  };
}

function withoutPort(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}

/** Names that are never resolved by DNS (RFC 6761 6.3), and loopback addresses. */
function isLoopbackName(name: string): boolean {
  return /^(?:(?:[^.]+\.)*localhost|127(?:\.\d{1,3}){3}|\[(?:::1|::ffff:(?:127(?:\.\d{1,3}){3}|7f[0-9a-f]{2}:[0-9a-f]{1,4}))\])$/.test(
    name,
  );
}

/** Host and port of an origin; undefined for "null" and for an invalid one. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
