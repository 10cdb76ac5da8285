/**
 * A browser sends requests of any page to this machine's loopback. Where nobody is asked for a key, headers that no page can
 * choose tell them from those of a person or a program: Host names what the page was made to lead here (DNS rebinding), Origin
 * and Sec-Fetch-Site name the page that asks.
 */
import type { IncomingMessage } from 'node:http';
import { ToolError } from '../../../core/errors.ts';

export interface BrowserRules {
  /** Whether the listener is on loopback, so that only loopback names lead to it. */
  readonly isLoopback: boolean;
  /** Further names without a port; "*" is every name. */
  readonly allowedHosts: readonly string[];
  /** The origin whose pages may use everything; "*" is every origin. */
  readonly corsOrigin: string | undefined;
}

export interface BrowserGuard {
  /** HOST_REFUSED or ORIGIN_REFUSED; undefined for a request that may be answered. `isRead` says that it changes and runs nothing. */
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
      // Programs that speak HTTP/1.0 may send none; a browser always does.
      const { host } = headers;
      if (host !== undefined && !isAnyHost && !isKnownHost(host)) return new ToolError('HOST_REFUSED', { host });
      if (isRead || corsOrigin === '*') return undefined;
      const { origin } = headers;
      if (origin !== undefined && origin === corsOrigin) return undefined;
      const site = headers['sec-fetch-site'] ?? 'none';
      const isOwn = origin === undefined ? true : hostOf(origin) === host?.toLowerCase();
      // "same-site" is another port or another name of the same domain: another page all the same.
      if (isOwn && (site === 'same-origin' || site === 'none')) return undefined;
      return new ToolError('ORIGIN_REFUSED', { origin });
    },
  };
}

function withoutPort(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}

/** Names that no resolver outside this machine is asked for (RFC 6761 6.3), and addresses of the loopback. */
function isLoopbackName(name: string): boolean {
  return /^(?:(?:[^.]+\.)*localhost|127(?:\.\d{1,3}){3}|\[(?:::1|::ffff:(?:127(?:\.\d{1,3}){3}|7f[0-9a-f]{2}:[0-9a-f]{1,4}))\])$/.test(
    name,
  );
}

/** Host and port of an origin; undefined for "null" and for what is none. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
