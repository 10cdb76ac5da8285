import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serve } from '../../src/commands/serve/serve.ts';
import { packageRoot } from '../../src/core/package-info.ts';
import { testContext } from '../support/context.ts';
import { findIncumbent, startTorchServe } from './torchserve.ts';

/** The envelopes that the recording has not, live: the same requests to the real TorchServe and to ours, with the same worker. */
const incumbent = findIncumbent();
if ('missing' in incumbent) console.log(`SKIPPED: TorchServe with Java: ${incumbent.missing}`);
const python = 'python' in incumbent ? incumbent.python : '';

const json = 'application/json';
const base64 = Buffer.from('picture').toString('base64');
const requests: readonly (readonly [path: string, type: string, body: string])[] = [
  ['/predictions/linear_base', json, '{"instances": [[1, 2, 3, 4], [0, 0, 0, 0]]}'],
  ['/predictions/linear_base', json, '[[1, 2, 3, 4]]'],
  ['/predictions/linear_base', json, '[1, 2, 3, 4]'],
  ['/predictions/linear_base', json, '{}'],
  ['/v1/models/linear_base:predict', json, '{"instances": [[1, 2, 3, 4]]}'],
  ['/v1/models/linear_base:explain', json, '{"instances": [[1, 2, 3, 4]]}'],
  ['/predictions/dump', json, `{"instances": [{"b64": "${base64}"}, {"data": {"b64": "${base64}"}, "n": 1}]}`],
  ['/predictions/dump', json, '{"instances": ["a", {"x": "é"}]}'],
  ['/predictions/dump', 'text/plain', 'hello'],
  ['/predictions/dump', 'application/octet-stream', 'bytes'],
];

async function ask(url: string, [path, type, body]: (typeof requests)[number]) {
  const response = await fetch(url + path, { method: 'POST', headers: { 'content-type': type }, body });
  return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
}

describe.skipIf('missing' in incumbent)('service_envelope', () => {
  test.for(['json', 'body'] as const)(
    '%s: both servers give the same answers',
    { timeout: 180_000 },
    async (envelope) => {
      const folder = await mkdtemp(join(tmpdir(), 'tsma-envelopes-'));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const store = join(folder, 'store');
      await mkdir(store);
      const models = ['linear_base.mar', 'dump.mar'];
      for (const file of models) await cp(join(packageRoot, 'test/fixtures/torchserve/sound', file), join(store, file));
      const theirs = await startTorchServe(python, store, folder, {
        models,
        properties: { service_envelope: envelope },
      });
      onTestFinished(theirs.stop);
      const options = { port: 0, modelStore: store, models, serviceEnvelope: envelope, python, threads: 1, grace: 5 };
      const ours = await serve(options, testContext(folder, { env: process.env }));
      onTestFinished(() => ours.close());
      const statuses = [];
      for (const request of requests) {
        const [here, there] = await Promise.all([ask(ours.urls.inference, request), ask(theirs.url, request)]);
        expect([request, here]).toEqual([request, there]);
        statuses.push(here.status);
      }
      // Both refusing everything would be no proof.
      expect(statuses).toContain(200);
    },
  );
});
