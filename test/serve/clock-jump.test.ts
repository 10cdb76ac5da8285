/** The wall clock of the server's process is set back and forth by a day while it works; what is waited for is not. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { serve } from '../../src/commands/serve/serve.ts';
import { testContext } from '../support/context.ts';
import { tempTree } from '../support/temp-tree.ts';
import { makeGate, makeModel } from './serving.ts';

const DAY_MS = 86_400_000;

/** `Date` alone is in the test's hand: timers and the monotonic clock go on. */
async function startServer(config: string, tokenAuth = false) {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const start = Date.now();
  const folder = await tempTree();
  const archive = await makeModel(folder, { config });
  const context = testContext(folder, { now: () => new Date() });
  const handle = await serve({ port: 0, archives: [archive], tokenAuth, grace: 5 }, context);
  onTestFinished(() => handle.close());
  const keys = tokenAuth ? JSON.parse(await readFile(join(folder, 'key_file.json'), 'utf8')) : {};
  const predict = (kind: string, body = 'x') =>
    fetch(`${handle.urls.inference}/predictions/kinds`, {
      method: 'POST',
      headers: { 'X-Kind': kind, Authorization: `Bearer ${keys.inference?.key}` },
      body: Buffer.from(body),
    });
  return { predict, jump: (days: number) => void vi.setSystemTime(start + days * DAY_MS) };
}

test('a key expires by the wall clock, also when the clock is corrected', async () => {
  const { predict, jump } = await startServer('batchSize: 1\n', true);
  const seen: [number, number][] = [];
  for (const days of [0, -1, 1, 0]) {
    jump(days);
    seen.push([days, (await predict('str')).status]);
  }
  expect(seen).toEqual([
    [0, 200],
    [-1, 200],
    [1, 400],
    [0, 200],
  ]);
});

test.each([-1, 1])(
  'a jump of %i days neither ends a running request nor delays one that waits for its batch',
  async (days) => {
    const { predict, jump } = await startServer('batchSize: 2\nmaxBatchDelay: 200\nresponseTimeout: 3600\n');
    const gate = await makeGate();
    const running = predict('gated', gate.path);
    await gate.begun();
    const waiting = predict('str');
    jump(days);
    await gate.open();
    expect([(await running).status, (await waiting).status]).toEqual([200, 200]);
    const alone = predict('str');
    jump(0);
    expect((await alone).status).toBe(200);
  },
);

test.each([-1, 1])(
  'a jump of %i days changes neither the response timeout nor the delay before a worker restarts',
  async (days) => {
    const { predict, jump } = await startServer('responseTimeout: 1\n');
    const begun = performance.now();
    const late = predict('sleep');
    jump(days);
    expect((await (await late).json()) as object).toMatchObject({ message: expect.stringContaining('within 1 s') });
    expect(performance.now() - begun).toBeGreaterThan(900);
    jump(0);
    expect((await predict('str')).status).toBe(200);
  },
);
