import { describe, expect, test } from 'vitest';
import { askBoth } from './both-servers.ts';
import { findIncumbent } from './torchserve.ts';

/** A Python handler that keeps state, with the limits of its model-config.yaml, on both servers. */
const incumbent = findIncumbent();
if ('missing' in incumbent) console.log(`SKIPPED: TorchServe with Java: ${incumbent.missing}`);
const python = 'python' in incumbent ? incumbent.python : '';

const HANDLER = `
class Sums:
    def initialize(self, context):
        self.sums = {}

    def handle(self, data, context):
        answers = []
        for index, row in enumerate(data):
            key = context.get_sequence_id(index)
            self.sums[key] = self.sums.get(key, 0) + int(row.get("data") or row.get("body"))
            context.set_response_header(index, "x-started", context.get_request_header(index, "ts_request_sequence_start") or "")
            context.set_response_header(index, "x-has-id", str(key.startswith("ts-seq-")))
            answers.append(str(self.sums[key]))
        return answers
`;
const CONFIG = `minWorkers: 2
maxWorkers: 2
batchSize: 4
maxNumSequence: 4
sequenceMaxIdleMSec: 60000
maxSequenceJobQueueSize: 10
sequenceBatching: true
`;

async function ask(url: string, id: string | undefined, body: number) {
  const headers = { 'content-type': 'text/plain', ...(id && { ts_request_sequence_id: id }) };
  const answer = await fetch(`${url}/predictions/sums`, { method: 'POST', headers, body: String(body) });
  const { status } = answer;
  return {
    status,
    body: await answer.text(),
    started: answer.headers.get('x-started'),
    own: answer.headers.get('x-has-id'),
  };
}

/** Three sequences side by side, one request without an id, then more sequences than there may be. */
async function converse(url: string) {
  const sequence = async (id: string, step: number) => {
    const answers = [];
    for (let turn = 1; turn <= 5; turn++) answers.push(await ask(url, id, turn * step));
    return answers;
  };
  const side = await Promise.all([sequence('a', 1), sequence('b', 2), sequence('c', 3)]);
  const own = await ask(url, undefined, 7);
  const many = [];
  for (let index = 0; index < 10; index++) many.push((await ask(url, `more-${index}`, 1)).status);
  const [described] = (await (await fetch(`${url}/models/sums`)).json()) as Record<string, unknown>[];
  const { stateful, sequenceMaxIdleMSec, sequenceTimeoutMSec, maxSequenceJobQueueSize } = described ?? {};
  const facts = { stateful, sequenceMaxIdleMSec, sequenceTimeoutMSec, maxSequenceJobQueueSize };
  return { side, own, refused: many.includes(503), facts };
}

describe.skipIf('missing' in incumbent)('sequenceBatching', () => {
  test('the same sequences get the same answers from both servers', { timeout: 240_000 }, async () => {
    const model = { modelName: 'sums', handler: HANDLER, config: CONFIG };
    const { theirs, ours } = await askBoth(python, model, converse);
    expect(theirs.side.map((answers) => answers.map(({ body }) => body).join(' '))).toEqual([
      ...['1 3 6 10 15', '2 6 12 20 30', '3 9 18 30 45'],
    ]);
    expect(theirs.refused).toBe(true);
    expect(ours).toEqual(theirs);
  });
});
