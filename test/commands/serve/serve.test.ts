import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../../../src/commands/serve/serve.ts';
import { makeModel, startServer } from '../../serve/serving.ts';
import { testContext } from '../../support/context.ts';
import { makeMar, manifestOf } from '../../support/make-mar.ts';
import { tempTree } from '../../support/temp-tree.ts';

test('serve loads archives by path, by name in the model store, and under another name', async () => {
  const folder = await tempTree();
  await makeModel(folder, { name: 'stored' });
  const server = await startServer([{ name: 'direct' }], {
    modelStore: folder,
    models: ['stored-1.0.mar', 'renamed=stored-1.0.mar'],
  });
  expect(server.handle.models.map(({ name }) => name)).toEqual(['direct', 'stored', 'renamed']);
  for (const name of ['direct', 'stored', 'renamed']) expect((await server.predict(name, 'str')).status).toBe(200);
});

test('serve makes the version that is named first the default', async () => {
  const versions = [
    { name: 'm', version: '2.0' },
    { name: 'm', version: '1.0' },
    { name: 'm', version: '3.0' },
  ];
  const server = await startServer(versions);
  const [model] = (await (await server.get('/models/m')).json()) as { modelVersion: string }[];
  expect(model?.modelVersion).toBe('2.0');
});

test('serve "all" loads every model of the store and warns about those it cannot load', async () => {
  const folder = await tempTree({ 'broken.mar': 'no archive', 'notes.txt': 'no model' });
  await makeModel(folder, { name: 'good' });
  const context = testContext(folder);
  const handle = await serve({ modelStore: folder, models: ['all'], port: 0 }, context);
  onTestFinished(() => handle.close());
  expect(handle.models.map(({ name }) => name)).toEqual(['good']);
  expect(context.messages().join('\n')).toMatch(/broken\.mar is not served/);
});

test('serve listens at the addresses of flags and file, with three listeners or one', async () => {
  const config =
    'inference_address=http://127.0.0.1:0\nmanagement_address=http://127.0.0.1:0\nmetrics_address=unix:@\nnetty_client_threads=1\nmine=2\nio_ratio=1\n';
  const folder = await tempTree();
  const socket = join(folder, 'm.sock');
  await writeFile(join(folder, 'config.properties'), config.replace('@', socket));
  const context = testContext(folder);
  const handle = await serve({ tsConfig: 'config.properties', managementAddress: 'http://localhost:0' }, context);
  onTestFinished(() => handle.close());
  expect(handle.urls.metrics).toBe(`unix:${socket}`);
  expect(new URL(handle.urls.management).port).not.toBe(new URL(handle.urls.inference).port);
  expect((await fetch(`${handle.urls.management}/models`)).status).toBe(200);
  expect((await fetch(`${handle.urls.inference}/models`)).status).toBe(404);
  expect((await fetch(`${handle.urls.management}/ping`)).status).toBe(404);
  expect(context.messages()).toContain(
    'Keys of the configuration that have no effect here: netty_client_threads, io_ratio (there is no Java); mine (not a key of TorchServe).',
  );
});

test('serve refuses an unsafe archive before any worker starts', async () => {
  const folder = await tempTree({ 'garbage.mar': 'no archive at all' });
  await makeMar(join(folder, 'python.mar'), {
    files: { 'handler.py': 'def handle(data, context):\n  return data\n' },
    manifest: manifestOf({}),
  });
  await makeMar(join(folder, 'nohandler.mar'), {
    files: { 'x.txt': 'x' },
    manifest: manifestOf({ handler: 'gone.mjs' }, 'nodejs'),
  });
  const attempt = (archive: string) => serve({ archives: [archive], port: 0 }, testContext(folder));
  await expect(attempt('missing.mar')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  await expect(attempt('garbage.mar')).rejects.toMatchObject({ code: 'ARCHIVE_REFUSED' });
  await expect(attempt('python.mar')).rejects.toMatchObject({
    code: 'MODEL_UNSERVABLE',
    message: expect.stringContaining('its handler handler.py is written in Python'),
  });
  await expect(attempt('nohandler.mar')).rejects.toMatchObject({ code: 'ARCHIVE_REFUSED' });
});

test('serve names an address that is in use, and leaves nothing behind', async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void blocker.close());
  const { port } = blocker.address() as { port: number };
  await expect(startServer([{}], { port })).rejects.toMatchObject({
    code: 'LISTEN_FAILED',
    message: `Cannot listen on http://127.0.0.1:${port}: another program uses this address.`,
  });
});

test('serve closes when the context is aborted', async () => {
  const folder = await tempTree();
  const stop = new AbortController();
  const handle = await serve(
    { archives: [await makeModel(folder)], port: 0 },
    testContext(folder, { signal: stop.signal }),
  );
  expect((await fetch(`${handle.urls.inference}/readyz`)).status).toBe(200);
  stop.abort();
  await handle.closed;
  await expect(fetch(`${handle.urls.inference}/ping`)).rejects.toThrow();
});

test.each([
  [{ port: 70_000 }, 'a port from 0 to 65535'],
  [{ device: 'abacus' as never }, 'one of auto, cpu'],
  [{ inferenceAddress: 'localhost:8080' }, 'http://host:port'],
])('serve refuses %j', async (options, expected) => {
  await expect(serve(options, testContext('/'))).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message: expect.stringContaining(expected),
  });
});

test('an archive whose manifest names no model is named in the error', async () => {
  const folder = await tempTree();
  await makeMar(join(folder, 'nameless.mar'), { files: { 'x.txt': 'x' }, manifest: { model: {} } });
  await expect(serve({ archives: ['nameless.mar'], port: 0 }, testContext(folder))).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.stringContaining('nameless.mar: Model name is not defined.'),
  });
});
