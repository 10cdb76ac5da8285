import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import { findTool } from '../support/tools.ts';
import { describeModel, expectKillLoop, runKillLoop } from './chaos.ts';
import { askOver } from './protocols.ts';
import { checkFaults, serveFaults } from './python-faults.ts';

/** TorchServe's package is stood for by one that speaks its protocol; test/interop does the same with the real one. */
const python = findTool('python3', 'python');
const env = { ...process.env, PYTHONPATH: join(packageRoot, 'test/fixtures/serve/torchserve') };
if (python === undefined) console.log('SKIPPED: no Python');

describe.skipIf(python === undefined)('Python workers under fault and load', () => {
  const under = { python: python as string, env };

  test('a worker that hangs, exits, crashes, is killed, truncates or garbles its answer fails only its request, with the cause; one that prints megabytes fails none', async () => {
    await checkFaults(under);
  });

  test('under random kills every request is answered once, with its own answer or a worker failure', async () => {
    const server = await serveFaults(under, 'batchSize: 4\nmaxBatchDelay: 5\nminWorkers: 3\nmaxWorkers: 3\n');
    expectKillLoop(
      await runKillLoop(server, askOver('HTTP', server.handle), { seconds: 4, clients: 20, pauseMs: [200, 500] }),
      4,
    );
  });

  test('describe shows why a worker died, with its last output, until it has restarted', async () => {
    const server = await serveFaults(under, 'minWorkers: 1\nmaxWorkers: 1\n');
    await server.predict('kinds', 'exit-3');
    const lastError = async () => (await describeModel(server)).workers[0];
    expect(await lastError()).toMatchObject({ lastError: expect.stringMatching(/code 3[\s\S]*last words/) });
    expect((await server.predict('kinds', 'brief')).status).toBe(200);
    expect((await lastError())?.status).toBe('READY');
  });
});
