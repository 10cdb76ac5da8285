import { describe, expect, test } from 'vitest';
import { askBoth } from './both-servers.ts';
import { findIncumbent } from './torchserve.ts';

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
    const model = { modelName: 'counting', handler: HANDLER, config: CONFIG };
    const { theirs, ours } = await askBoth(python, model, converse);
    expect(theirs.map(({ body }) => body.trim())).toEqual(['8 7 6 5 4 3 2 1 0', '1 0', '2 1 0', '3 2 1 0']);
    expect(ours).toEqual(theirs);
  });
});
