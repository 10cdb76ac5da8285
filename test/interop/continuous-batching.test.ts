import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serve } from '../../src/commands/serve/serve.ts';
import { testContext } from '../support/context.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { findIncumbent, startTorchServe } from './torchserve.ts';

/** A Python handler that answers step by step, as those of language models do, on both servers. */
const incumbent = findIncumbent();
if ('missing' in incumbent) console.log(`SKIPPED: TorchServe with Java: ${incumbent.missing}`);
const python = 'python' in incumbent ? incumbent.python : '';

const HANDLER = `
import time


class Counting:
    def initialize(self, context):
        self.left = {}

    def handle(self, data, context):
        time.sleep(0.05)
        ids = list(context.request_ids.values())
        answers = []
        for key, row in zip(ids, data):
            body = row.get("data") or row.get("body")
            if key not in self.left:
                self.left[key] = int(body)
            self.left[key] -= 1
            answers.append(f"{self.left[key]} ")
        context.stopping_criteria = [lambda _, key=key: self.left[key] <= 0 for key in ids]
        return answers
`;
const CONFIG = `minWorkers: 1
maxWorkers: 1
batchSize: 2
maxBatchDelay: 10
continuousBatching: true
`;

async function ask(url: string, body: number) {
  const headers = { 'content-type': 'text/plain' };
  const answer = await fetch(`${url}/predictions/counting`, { method: 'POST', headers, body: String(body) });
  const { status } = answer;
  return { status, next: answer.headers.get('ts_stream_next'), body: await answer.text() };
}

/** Four at once over a batch of two. TorchServe never ends an answer of a single part, so that none is asked for. */
const converse = (url: string) => Promise.all([9, 2, 3, 4].map((count) => ask(url, count)));

describe.skipIf('missing' in incumbent)('continuousBatching', () => {
  test('the same requests get the same answers from both servers', { timeout: 240_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tsma-continuous-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const store = join(folder, 'store');
    await mkdir(store);
    await makeMar(join(store, 'counting.mar'), {
      files: { 'counting.py': HANDLER, 'model-config.yaml': CONFIG },
      manifest: manifestOf({ modelName: 'counting', handler: 'counting.py', configFile: 'model-config.yaml' }),
    });
    const theirs = await startTorchServe(python, store, folder, { models: ['counting.mar'] });
    onTestFinished(() => theirs.stop());
    const expected = await converse(theirs.url);
    await theirs.stop();
    const options = { port: 0, modelStore: store, models: ['counting.mar'], python, threads: 1, grace: 5 };
    const ours = await serve(options, testContext(folder, { env: process.env }));
    onTestFinished(() => ours.close());
    expect(expected.map(({ body }) => body.trim())).toEqual(['8 7 6 5 4 3 2 1 0', '1 0', '2 1 0', '3 2 1 0']);
    expect(await converse(ours.urls.inference)).toEqual(expected);
  });
});
