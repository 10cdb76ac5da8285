/** The playground: an HTML page at the root of the inference API. Other clients get TorchServe's answer there. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '../../../core/errors.ts';
import { packageRoot } from '../../../core/package-info.ts';
import type { Route, RouteHandler } from '../exchange/route.ts';
import { send } from '../exchange/send.ts';

/** One self-contained document; it only sends requests to this server. */
const PAGE = join(packageRoot, 'assets', 'playground.html');

interface Page {
  readonly body: Buffer;
  readonly policy: string;
}

let loading: Promise<Page> | undefined;

async function loadPage(): Promise<Page> {
  const body = await readFile(PAGE);
  const text = body.toString('utf8');
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(text, 'script')}`,
    `style-src ${hashOf(text, 'style')}`,
    "connect-src 'self'",
    'img-src blob: data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { body, policy };
}

/** CSP hash of the page's only inline block of that kind: injected markup in a model's name or answer cannot run. */
function hashOf(text: string, tag: 'script' | 'style'): string {
  const start = text.indexOf(`<${tag}>`) + tag.length + 2;
  const block = text.slice(start, text.indexOf(`</${tag}>`, start));
  return `'sha256-${createHash('sha256').update(block).digest('base64')}'`;
}

const show: RouteHandler = async (call) => {
  if (!call.request.headers.accept?.includes('text/html')) throw new ToolError('METHOD_NOT_ALLOWED', {});
  loading ??= loadPage();
  const { body, policy } = await loading;
  Object.assign(call.answerHeaders, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    vary: 'accept',
  });
  send(call, body);
  return undefined;
};

const models: RouteHandler = async ({ tools }) => ({
  models: await tools.service.summaries(),
  curlFlags: tools.curlFlags,
});

/** The page itself requires no key; the requests it sends do. */
export const playgroundRoutes: readonly Route[] = [
  { path: '/', role: 'inference', access: 'open', on: { GET: show } },
  { path: '/playground/models', role: 'inference', on: { GET: models } },
];
