/** Pages that are not the server's, in a real Chromium: needs one on the PATH (apt-get install chromium), and is skipped without. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ServeOptions } from '../../src/commands/serve/serve.ts';
import { startServer, type TestServer } from '../serve/serving.ts';
import { chromium, openPage, type Page } from './chromium.ts';

/** Every name leads to this machine, as one does whose owner wants it to. */
const RESOLVER = '--host-resolver-rules=MAP *.example 127.0.0.1';

/** The port of a stranger's site: one page, and every name is served. */
async function startStranger(): Promise<number> {
  const site = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>stranger</title>');
  });
  onTestFinished(() => {
    site.closeAllConnections();
    site.close();
  });
  await once(site.listen(0, '127.0.0.1'), 'listening');
  return (site.address() as AddressInfo).port;
}

async function visit(url: string): Promise<Page> {
  const page = await openPage(url, 800, 600, [RESOLVER]);
  onTestFinished(() => page.close());
  await page.until(
    `location.href.startsWith(${JSON.stringify(new URL(url).origin)}) && document.readyState === 'complete'`,
  );
  return page;
}

const start = (options: ServeOptions = {}) =>
  startServer([{}], { enableModelApi: true, logFormat: 'json', ...options });

/** Everything a page can try without asking, each way a browser has; resolves when all have come to an end. */
const attack = (target: string) => `(async () => {
  const target = ${JSON.stringify(target)};
  const quiet = (promise) => promise.then(() => {}, () => {});
  const send = (method, path, more) => quiet(fetch(target + path, { method, mode: 'no-cors', ...more }));
  const load = (tag, path) => new Promise((done) => {
    const element = document.createElement(tag);
    element.onload = element.onerror = () => done();
    element.src = target + path;
    document.body.append(element);
  });
  const submit = (path) => new Promise((done) => {
    const frame = document.createElement('iframe');
    frame.name = 'sink';
    const form = Object.assign(document.createElement('form'), { method: 'post', action: target + path, target: 'sink' });
    document.body.append(frame, form);
    frame.onload = () => done();
    form.submit();
  });
  await send('POST', '/models?url=kinds-1.0.mar&model_name=evil&initial_workers=1');
  await send('POST', '/predictions/kinds', { body: 'x' });
  await send('GET', '/predictions/kinds');
  await send('GET', '/models/kinds?customized=true');
  await send('PUT', '/models/kinds?min_worker=0', { mode: 'cors' });
  await send('DELETE', '/models/kinds', { mode: 'cors' });
  await load('img', '/predictions/kinds');
  await load('script', '/explanations/kinds');
  await submit('/predictions/kinds');
  navigator.sendBeacon(target + '/invocations', 'x');
  await send('POST', '/predictions/kinds', { body: 'last' });
})()`;

interface Answered {
  readonly method: string;
  readonly target: string;
  readonly status: number;
}

function answers({ context }: TestServer): Answered[] {
  return context.messages().flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Answered] : []));
}

async function expectUntouched(server: TestServer): Promise<void> {
  expect(await (await server.get('/models')).json()).toMatchObject({ models: [{ modelName: 'kinds' }] });
  expect(await (await server.get('/metrics')).text()).not.toMatch(/ts_inference_requests_total\{/);
}

describe.skipIf(chromium === undefined)('pages of other origins in Chromium (skipped if it is not installed)', () => {
  test.each(['127.0.0.1', 'localhost', 'stranger.example'])('a page of %s changes and runs nothing', async (name) => {
    const server = await start();
    const page = await visit(`http://${name}:${await startStranger()}/`);
    await page.evaluate(attack(server.handle.urls.inference));
    await expectUntouched(server);
    const refused = answers(server).filter(({ status }) => status === 403);
    // From a name that is not the loopback's Chromium itself keeps some or all of them back.
    if (name !== 'stranger.example') expect(refused.length).toBeGreaterThan(5);
  });

  test('a page whose host name was rebound to this server neither reads nor runs anything', async () => {
    const server = await start();
    const { port } = new URL(server.handle.urls.inference);
    const page = await visit(`http://rebound.example:${port}/livez`);
    const statuses = await page.evaluate<number[]>(`Promise.all([
      fetch('/models'), fetch('/metrics'), fetch('/predictions/kinds', { method: 'POST', body: 'x' }),
      fetch('/models/kinds', { method: 'DELETE' }), fetch('/'),
    ]).then((answers) => answers.map(({ status }) => status))`);
    expect(statuses).toEqual([403, 403, 403, 403, 403]);
    await expectUntouched(server);
  });

  test('the server’s own page predicts, and so does a page of --cors-origin, with JSON', async () => {
    const port = await startStranger();
    const origin = `http://localhost:${port}`;
    const server = await start({ corsOrigin: origin });
    const url = server.handle.urls.inference;
    const predict = (target: string) => `fetch(${JSON.stringify(`${target}/predictions/kinds`)}, {
      method: 'POST', headers: { 'x-kind': 'str', 'content-type': 'application/json' }, body: '{}',
    }).then((answer) => answer.text())`;
    expect(await (await visit(`${url}/`)).evaluate(predict(''))).toBe('hello');
    expect(await (await visit(`${origin}/`)).evaluate(predict(url))).toBe('hello');
    const other = await visit(`http://127.0.0.1:${port}/`);
    expect(await other.evaluate(`${predict(url)}.catch(() => 'blocked')`)).toBe('blocked');
  });
});
