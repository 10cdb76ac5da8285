import { describe, test } from 'vitest';
import { checkFaults } from '../serve/python-faults.ts';
import { findTorchServe } from './torchserve.ts';

/** The faults of test/serve/python-faults.test.ts in TorchServe's own worker, which starts slowly and ends slowly. */
const found = findTorchServe();
if ('missing' in found) console.log(`SKIPPED: TorchServe's worker: ${found.missing}`);

describe.skipIf('missing' in found)('TorchServe’s worker in our server', () => {
  test('that hangs, exits, crashes, is killed, truncates or garbles its answer fails only its request, with the cause; one that prints megabytes fails none', async () => {
    await checkFaults({ python: 'python' in found ? found.python : '', env: process.env });
  }, 180_000);
});
