import { join } from 'node:path';
import { test } from 'vitest';
import { packageRoot } from '../../../src/core/package-info.ts';
import { findTorchServe } from '../../interop/torchserve.ts';
import { expectKillLoop, runKillLoop } from '../../serve/chaos.ts';
import { askOver } from '../../serve/protocols.ts';
import { checkFaults, serveFaults } from '../../serve/python-faults.ts';
import { findTool } from '../../support/tools.ts';

/** Seconds of the kill loop; the promise is made for 60. */
const KILL_SECONDS = Number(process.env.TSMA_KILL_SECONDS ?? 60);
/** Every fault once in each. */
const FAULT_ROUNDS = 3;
const BATCH = 4;

/** TorchServe's own worker; where it cannot be installed, the stand-in of the normal suite. */
const found = findTorchServe();
const python = 'python' in found ? found.python : findTool('python3', 'python');
const standIn = { PYTHONPATH: join(packageRoot, 'test/fixtures/serve/torchserve') };
const under = { python: python ?? '', env: { ...process.env, ...('missing' in found ? standIn : {}) } };
if ('missing' in found) console.log(`${python === undefined ? 'SKIPPED' : 'With the stand-in'}: ${found.missing}`);

test.skipIf(python === undefined)(
  `${KILL_SECONDS} s of killed Python workers: every request is answered once, failures ≤ kills × batch`,
  async () => {
    const config = `batchSize: ${BATCH}\nmaxBatchDelay: 5\nminWorkers: 3\nmaxWorkers: 3\n`;
    const server = await serveFaults(under, config);
    const outcome = await runKillLoop(server, askOver('HTTP', server.handle), {
      ...{ seconds: KILL_SECONDS, clients: 20, pauseMs: [500, 2_000] },
    });
    const { sent, good, failed, kills } = outcome;
    console.log(`${sent} requests, ${good} good, ${failed} failed, ${kills} kills`);
    expectKillLoop(outcome, BATCH);
  },
);

test.skipIf(python === undefined)(`every fault of a Python worker under load, ${FAULT_ROUNDS} times`, async () => {
  for (let round = 0; round < FAULT_ROUNDS; round++) await checkFaults(under);
});
