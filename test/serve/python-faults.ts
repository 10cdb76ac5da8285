import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished } from 'vitest';
import { serve } from '../../src/commands/serve/serve.ts';
import { testContext } from '../support/context.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';
import { describeModel } from './chaos.ts';
import { type Addresses, askOver } from './protocols.ts';
import { fixture, type TestServer } from './serving.ts';

/** A Python that runs TorchServe's worker, or a stand-in of it. */
export interface PythonUnderTest {
  readonly python: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

type FaultyServer = Pick<TestServer, 'predict' | 'get'> & { readonly handle: Addresses };

/** A server over `faults.py` in that Python, closed when the test ends. */
export async function serveFaults({ python, env }: PythonUnderTest, config: string): Promise<FaultyServer> {
  const folder = await tempTree();
  const archive = await makeMar(join(folder, 'kinds.mar'), {
    files: { 'faults.py': await fixture('faults.py'), 'model-config.yaml': config },
    manifest: manifestOf({ modelName: 'kinds', handler: 'faults.py', configFile: 'model-config.yaml' }),
  });
  // Megabytes of log lines are not kept.
  const context = testContext(folder, { env, log: () => {} });
  const handle = await serve({ port: 0, archives: [archive], python, threads: 1, grace: 5 }, context);
  onTestFinished(() => handle.close());
  const url = handle.urls.inference;
  return {
    handle,
    get: (path) => fetch(url + path),
    predict: (model, kind, body = 'x') =>
      fetch(`${url}/predictions/${model}`, { method: 'POST', headers: { 'X-Kind': kind }, body: Buffer.from(body) }),
  };
}

/** A Python with torch may take longer to clean up than its exit code is waited for. */
const left = (code: number) => new RegExp(`(it exited with code ${code}|the connection ended before an answer)`);

/** Seconds: long enough for what prints megabytes on a busy machine. */
const RESPONSE_TIMEOUT = 10;

/** Each way in which a request ends its worker, and what its client reads about it. */
const fatal: Readonly<Record<string, RegExp>> = {
  hang: new RegExp(`no answer within ${RESPONSE_TIMEOUT} s`),
  'exit-0': left(0),
  'exit-3': left(3),
  'os-exit': /it exited with code 7/,
  segfault: /it was ended by SIGSEGV/,
  abort: /it was ended by SIGABRT/,
  killed: /it was ended by SIGKILL/,
  half: /the connection ended in the middle of an answer/,
  frame: /The worker protocol was violated: a message of -1 bytes/,
  memory: /Out of resources|Cause: MemoryError/,
};
/** Megabytes on stdout and stderr: lines, without line breaks, random bytes, and what looks like measurements. */
const harmless = ['lines', 'unbroken', 'garbage', 'metrics'];
const CLIENTS = 20;
/** What may still be held afterwards, code that was compiled meanwhile too. What is resident besides is V8's own affair: it differs between versions. */
const KEPT_BYTES = 24 * 2 ** 20;

/** Every fault once, while clients ask all the time: each fault costs its own request, and no other. */
export async function checkFaults(under: PythonUnderTest): Promise<void> {
  const server = await serveFaults(under, `responseTimeout: ${RESPONSE_TIMEOUT}\nminWorkers: 4\nmaxWorkers: 4\n`);
  const before = reachableBytes();
  const load = startLoad(server);
  const answers = await Promise.all(
    [...Object.keys(fatal), ...harmless].map(async (kind) => {
      const id = randomUUID();
      const response = await server.predict('kinds', kind, id);
      return { kind, id, status: response.status, text: await response.text() };
    }),
  );
  await expect.poll(async () => countReady(server), { interval: 200 }).toBe(4);
  const { good, wrong } = await load.stop();
  for (const { kind, id, status, text } of answers) {
    const cause = fatal[kind];
    if (cause === undefined) expect([kind, status, text]).toEqual([kind, 200, id]);
    else expect([kind, status, text]).toEqual([kind, expect.toBeOneOf([500, 507]), expect.stringMatching(cause)]);
  }
  expect(wrong).toEqual([]);
  expect(good).toBeGreaterThan(CLIENTS);
  const grown = reachableBytes() - before;
  expect(grown).toBeLessThan(KEPT_BYTES);
}

/** What this process, the server's too, still holds after a full collection. */
function reachableBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Clients that send an id and want it back, one request after the other. */
function startLoad({ handle }: FaultyServer) {
  const ask = askOver('HTTP', handle);
  let isRunning = true;
  const wrong: string[] = [];
  let good = 0;
  const client = async () => {
    while (isRunning) {
      const id = randomUUID();
      const { outcome, text } = await ask('brief', id);
      if (outcome === 'answered' && text === id) good++;
      else wrong.push(text);
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, client));
  const stop = async () => {
    isRunning = false;
    await clients;
    return { good, wrong };
  };
  // Before the server is closed: a test that fails must not fail a second time for clients that found no server.
  onTestFinished(async () => void (await stop()));
  return { stop };
}

async function countReady(server: FaultyServer): Promise<number> {
  return (await describeModel(server)).workers.filter(({ status }) => status === 'READY').length;
}
