import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../../../../src/commands/serve/serve.ts';
import { packageRoot } from '../../../../src/core/package-info.ts';
import { testContext } from '../../../support/context.ts';
import { makeMar, manifestOf } from '../../../support/make-mar.ts';
import { tempTree } from '../../../support/temp-tree.ts';

async function start(options: object = {}): Promise<string> {
  const folder = await tempTree({});
  const weights = await readFile(join(packageRoot, 'test', 'fixtures', 'models', 'sum-and-difference.onnx'));
  const archive = await makeMar(join(folder, 'sum.mar'), {
    files: { 'model.onnx': weights },
    manifest: manifestOf({ modelName: 'sum', handler: 'base_handler', serializedFile: 'model.onnx' }),
  });
  const handle = await serve({ port: 0, archives: [archive], grace: 5, ...options }, testContext(folder));
  onTestFinished(() => handle.close());
  return handle.urls.inference;
}

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

test('a browser gets the page at the root, every other client TorchServe’s answer', async () => {
  const url = await start();
  const page = await fetch(url, { headers: browser });
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(await page.text()).toMatch(/^<!doctype html>/);
  for (const request of [{}, { method: 'POST', headers: browser }, { headers: { accept: '*/*' } }]) {
    const answer = await fetch(url, request);
    expect([answer.status, ((await answer.json()) as { type: string }).type]).toEqual([
      405,
      'MethodNotAllowedException',
    ]);
  }
});

test('the page may use its own script and style, call this server, and nothing else', async () => {
  const policy = (await fetch(await start(), { headers: browser })).headers.get('content-security-policy');
  expect(policy).toMatch(
    /^default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='; connect-src 'self'; /,
  );
  expect(policy).not.toContain('unsafe');
});

test('the page loads nothing from other servers', async () => {
  const page = await readFile(join(packageRoot, 'assets', 'playground.html'), 'utf8');
  expect(page).not.toMatch(/\b(?:https?:)?\/\/[a-z0-9-]+\.[a-z]/i);
  expect(page.match(/<(script|style|link|img|iframe)\b[^>]*>/g)).toEqual([
    '<link rel="icon" href="data:,">',
    '<style>',
    '<script>',
  ]);
});

test('models are listed with their handler, state and signature', async () => {
  const answer = await fetch(`${await start()}/playground/models`);
  const numbers = (name: string) => ({ name, dtype: 'int64', shape: ['n'] });
  expect(await answer.json()).toEqual({
    curlFlags: [],
    models: [
      {
        name: 'sum',
        version: '1.0',
        handler: 'base_handler',
        ready: true,
        signature: { inputs: [numbers('a'), numbers('b')], outputs: [numbers('sum'), numbers('difference')] },
      },
    ],
  });
});

test('with keys the page is open and the models are not', async () => {
  const url = await start({ tokenAuth: true });
  expect((await fetch(url, { headers: browser })).status).toBe(200);
  expect((await fetch(`${url}/playground/models`)).status).toBeGreaterThanOrEqual(400);
});

test('the package ships the page', async () => {
  const { files } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'));
  expect(files).toContain('assets');
});
