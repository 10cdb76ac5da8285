/** The playground page in a real Chromium: needs one on the PATH (apt-get install chromium), and is skipped without. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serve } from '../../src/commands/serve/serve.ts';
import { packageRoot } from '../../src/core/package-info.ts';
import { testContext } from '../support/context.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';
import { chromium, openPage, type Page } from './chromium.ts';

const digits = join(packageRoot, 'templates', 'digits');
const seven = join(digits, 'samples', '7-a.png');
const fixture = (path: string) => readFile(join(packageRoot, 'test', 'fixtures', path));

/** Where screenshots go when a person wants to look at them. */
const album = process.env.PLAYGROUND_SCREENSHOTS;

async function startServer(): Promise<string> {
  const folder = await tempTree({});
  const archive = async (
    name: string,
    handler: string,
    model: string,
    files: Record<string, string | Uint8Array> = {},
  ) => {
    const weights = model.includes('/') ? await readFile(model) : await fixture(`models/${model}`);
    const fields = { modelName: name, handler, serializedFile: 'model.onnx' };
    const configured =
      files['model-config.yaml'] === undefined ? fields : { ...fields, configFile: 'model-config.yaml' };
    return makeMar(join(folder, `${name}.mar`), {
      files: { 'model.onnx': weights, ...files },
      manifest: manifestOf(configured),
    });
  };
  const archives = [
    await archive('digits', 'image_classifier', join(digits, 'digits.onnx'), {
      'index_to_name.json': await readFile(join(digits, 'index_to_name.json')),
      'model-config.yaml': await readFile(join(digits, 'model-config.yaml')),
    }),
    await archive('boxes', 'object_detector', 'three-boxes.onnx', {
      'index_to_name.json': '{"1":"left <b>stroke</b>","2":"dog"}',
    }),
    await archive('mood', 'text_classifier', 'bag-of-eight.onnx', { 'source_vocab.txt': '<unk>\ngood\nbad' }),
    await archive('numbers', 'base_handler', 'linear4x3.onnx'),
    await archive('kinds', 'base_handler', 'every-type.onnx'),
  ];
  const handle = await serve({ port: 0, archives, grace: 5 }, testContext(folder));
  onTestFinished(() => handle.close());
  return handle.urls.inference;
}

async function visit(url: string, width = 1280, height = 860): Promise<Page> {
  const page = await openPage(url, width, height);
  onTestFinished(() => page.close());
  await page.until("document.querySelectorAll('#models button').length === 5");
  return page;
}

const text = (page: Page, selector: string) =>
  page.evaluate<string>(`document.querySelector(${JSON.stringify(selector)})?.textContent`);
const pick = (page: Page, name: string) =>
  page.evaluate(
    `[...document.querySelectorAll('#models button')].find((one) => one.textContent.startsWith('${name}')).click()`,
  );
const answered =
  "document.querySelector('#answer').getAttribute('aria-busy') === 'false' && !document.querySelector('#result').hidden";

async function dropOn(page: Page, path: string): Promise<void> {
  const spot = await page.evaluate<{ x: number; y: number }>(
    "(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 }))(document.querySelector('#drop').getBoundingClientRect())",
  );
  await page.drop(path, spot.x, spot.y);
  await page.until(answered);
}

async function keep(page: Page, name: string): Promise<void> {
  if (album === undefined) return;
  await mkdir(album, { recursive: true });
  await writeFile(join(album, `${name}.png`), await page.screenshot());
}

describe.skipIf(chromium === undefined)('the playground in Chromium (skipped if it is not installed)', () => {
  test('a dropped image is answered with bars, the latency and the equivalent curl line', async () => {
    const url = await startServer();
    const page = await visit(url);
    await pick(page, 'digits');
    expect(await text(page, '#name')).toBe('digits');
    await dropOn(page, seven);
    expect(await text(page, '.bars li:first-child .label')).toMatch(/7|seven/);
    expect(await text(page, '#time')).toMatch(/^[\d.]+ ms$/);
    expect(await text(page, '#status')).toBe('200 OK');
    expect(await text(page, '#curl')).toBe(`curl '${url}/predictions/digits' -X POST -T '7-a.png'`);
    expect(await text(page, '#filename')).toContain('28 × 28');
    await keep(page, 'light-desktop');
    await page.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: 'dark' }] });
    await keep(page, 'dark-desktop');
    await page.send('Emulation.setDeviceMetricsOverride', {
      width: 390,
      height: 844,
      deviceScaleFactor: 2,
      mobile: true,
    });
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await keep(page, 'dark-narrow');
    expect(page.problems).toEqual([]);
    expect(
      new Set(page.requests.map((request) => new URL(request).origin).filter((origin) => origin !== 'null')),
    ).toEqual(new Set([url]));
  });

  test('boxes, texts and numbers have a display each, and names are shown as text, never as markup', async () => {
    const page = await visit(await startServer());
    await pick(page, 'boxes');
    await dropOn(page, seven);
    expect(await text(page, '.bars li:first-child .label')).toBe('left <b>stroke</b>');
    await keep(page, 'boxes');

    await pick(page, 'mood');
    expect(await page.evaluate("document.querySelector('[name=kind]:checked').value")).toBe('text');
    await page.evaluate("document.querySelector('#text').focus()");
    await page.send('Input.insertText', { text: "It's good" });
    await page.evaluate("document.querySelector('#go').click()");
    await page.until(answered);
    expect(await page.evaluate("document.querySelectorAll('.bars li').length")).toBe(8);
    expect(await text(page, '#curl')).toContain(`--data-binary 'It'\\''s good'`);

    await pick(page, 'numbers');
    expect(await page.evaluate("document.querySelector('#text').value")).toBe('[0,0,0,0]');
    expect(await text(page, '#signature')).toContain('float32[batch, 4]');
    await page.evaluate("document.querySelector('#go').click()");
    await page.until(answered);
    expect(await text(page, '.bars li:first-child .value')).toBe('0.182614');
    expect(await page.evaluate("document.querySelectorAll('.bars .below').length")).toBe(2);
    await keep(page, 'numbers');

    await pick(page, 'kinds');
    await page.evaluate("document.querySelector('#go').click()");
    await page.until(answered);
    expect(await text(page, '#status')).toBe('200 OK');
    expect(page.problems).toEqual([]);
  });

  test('a mistake is shown in the server’s words, and invalid JSON before it is sent', async () => {
    const page = await visit(await startServer(), 760);
    await pick(page, 'numbers');
    const set = (value: string) =>
      page.evaluate(
        `(() => { const box = document.querySelector('#text'); box.value = ${JSON.stringify(value)}; box.dispatchEvent(new Event('input')); document.querySelector('#go').click(); })()`,
      );
    await set('[1, 2');
    await page.until("document.querySelector('#picture .problem')");
    expect(await text(page, '#picture .problem')).toMatch(/^This is not JSON yet/);
    await set('[1, 2]');
    await page.until(answered);
    expect(await text(page, '#picture .problem')).toContain('expected shape [?, 4]');
    expect(await text(page, '#status')).toBe('400');
    await keep(page, 'mistake');
  });
});
