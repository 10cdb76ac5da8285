/** Model folders for a runner, as a worker finds them: an extracted archive. */
import { copyFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { packageRoot } from '../../../src/core/package-info.ts';
import type { InferenceRequest, LoadRequest, WorkerResponse } from '../../../src/serve/protocol/messages.ts';
import { createRunner, type Runner } from '../../../src/serve/worker/runner.ts';
import { tempTree } from '../../support/temp-tree.ts';

export interface ModelParts {
  readonly handler: string;
  /** A model of test/fixtures/models. */
  readonly model?: string;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** model-config.yaml. */
  readonly config?: string;
}

export async function modelFolder({ handler, model, files = {}, config }: ModelParts): Promise<string> {
  const manifest = {
    runtime: /\.m?js/.test(handler) ? 'nodejs' : 'python',
    model: {
      modelName: 'm',
      handler,
      modelVersion: '1.0',
      serializedFile: model && basename(model),
      configFile: config ? 'model-config.yaml' : undefined,
    },
  };
  const folder = await tempTree({
    ...files,
    ...(config ? { 'model-config.yaml': config } : {}),
    'MAR-INF/MANIFEST.json': JSON.stringify(manifest),
  });
  if (model !== undefined)
    await copyFile(join(packageRoot, 'test', 'fixtures', 'models', model), join(folder, basename(model)));
  return folder;
}

export interface TestRunner extends Runner {
  readonly logged: string[];
  readonly metrics: string[];
}

/** A runner over such a folder, closed when the test ends. */
export async function startRunner(
  parts: ModelParts,
  overrides: Partial<LoadRequest> = {},
  env: Record<string, string> = {},
): Promise<TestRunner> {
  const logged: string[] = [];
  const metrics: string[] = [];
  const load: LoadRequest = {
    kind: 'load',
    modelName: 'm',
    modelPath: await modelFolder(parts),
    batchSize: 4,
    handler: parts.handler,
    gpuId: -1,
    envelope: '',
    limitMaxImagePixels: true,
    ...overrides,
  };
  const output = {
    log: (line: string) => void logged.push(line),
    metrics: {
      add: (line: string) => void metrics.push(line),
      replace: (_name: string, line: () => string) => void metrics.push(line()),
    },
  };
  const runner = await createRunner(load, { TSMA_DEVICE: 'cpu', TSMA_THREADS: '1', ...env }, output);
  onTestFinished(() => runner.close());
  return { ...runner, logged, metrics };
}

/** One request; the body is JSON unless it is text or bytes with a type of its own. */
export function request(
  body: unknown,
  {
    type,
    headers = {},
    id = 'r',
    name = 'body',
  }: { type?: string; headers?: Record<string, string>; id?: string; name?: string } = {},
): InferenceRequest {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const value = isRaw ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  return {
    id,
    headers: Object.entries(headers),
    parameters: [{ name, contentType: type ?? (isRaw ? '' : 'application/json'), value }],
  };
}

export const bodies = ({ predictions }: WorkerResponse): string[] =>
  predictions.map(({ body }) => Buffer.from(body).toString());
