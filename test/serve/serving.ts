import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { type ServeHandle, type ServeOptions, serve } from '../../src/commands/serve/serve.ts';
import { packageRoot } from '../../src/core/package-info.ts';
import { type RecordedContext, testContext } from '../support/context.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';

export const fixture = (name: string) => readFile(join(packageRoot, 'test/fixtures/serve', name), 'utf8');

export interface TestModel {
  readonly name?: string;
  readonly version?: string;
  /** Text of the handler module; `kinds.mjs` when absent. */
  readonly code?: string;
  /** model-config.yaml. */
  readonly config?: string;
}

/** An archive with a JavaScript handler and nothing else: what a worker runs without onnxruntime. */
export async function makeModel(folder: string, model: TestModel = {}): Promise<string> {
  const { name = 'kinds', version = '1.0', config } = model;
  const code = model.code ?? (await fixture('kinds.mjs'));
  const fields = { modelName: name, modelVersion: version, handler: 'handler.mjs' };
  return makeMar(join(folder, `${name}-${version}.mar`), {
    files: { 'handler.mjs': code, ...(config === undefined ? {} : { 'model-config.yaml': config }) },
    manifest: manifestOf({ ...fields, ...(config === undefined ? {} : { configFile: 'model-config.yaml' }) }, 'nodejs'),
  });
}

export interface TestServer {
  readonly handle: ServeHandle;
  readonly context: RecordedContext;
  readonly folder: string;
  predict(model: string, kind: string, body?: string): Promise<Response>;
  get(path: string): Promise<Response>;
}

/** A real server on a free port over real archives, closed when the test ends. */
export async function startServer(
  models: readonly TestModel[],
  options: ServeOptions = {},
  files: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  const folder = await tempTree(files);
  const archives = [];
  for (const model of models) archives.push(await makeModel(folder, model));
  const context = testContext(folder, { env });
  const handle = await serve({ port: 0, modelStore: folder, archives, grace: 5, ...options }, context);
  onTestFinished(() => handle.close());
  const url = handle.urls.inference;
  return {
    handle,
    context,
    folder,
    predict: (model, kind, body = 'x') =>
      fetch(`${url}/predictions/${model}`, { method: 'POST', headers: { 'X-Kind': kind }, body: Buffer.from(body) }),
    get: (path) => fetch(`${url}${path}`),
  };
}

/** A request of the kind `gated` that is sent this path as its body: it runs from `begun` until it is opened, however fast the machine is. */
export interface Gate {
  readonly path: string;
  begun(): Promise<void>;
  open(): Promise<void>;
}

export async function makeGate(): Promise<Gate> {
  const path = join(await tempTree(), 'gate');
  return {
    path,
    begun: () => expect.poll(() => existsSync(`${path}.begun`)).toBe(true),
    open: () => writeFile(`${path}.open`, ''),
  };
}

export interface TestKeys {
  readonly inference: string;
  readonly management: string;
  readonly api: string;
}

/** A real server over a model store; with its keys, empty where it asks for none. */
export async function serveStore(
  options: ServeOptions,
): Promise<{ handle: ServeHandle; keys: TestKeys; folder: string }> {
  const folder = await tempTree({});
  const handle = await serve({ grace: 5, ...options }, testContext(folder));
  onTestFinished(() => handle.close());
  return { handle, folder, keys: await readKeys(join(folder, 'key_file.json')) };
}

async function readKeys(path: string): Promise<TestKeys> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return { inference: '', management: '', api: '' };
  const { inference, management, API } = JSON.parse(text);
  return { inference: inference.key, management: management.key, api: API.key };
}
