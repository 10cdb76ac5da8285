import { copyFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { unconfigured } from '../../../src/serve/model/model-settings.ts';
import { monotonicClock } from '../../../src/serve/pool/clock.ts';
import { createService } from '../../../src/serve/service.ts';
import { tempTree } from '../../support/temp-tree.ts';
import { makeModel } from '../serving.ts';

/** A service that starts no worker, and judges archives as told. */
async function startService(admit: (path: string) => Promise<void>) {
  const service = await createService({
    kinds: [{ takesManner: false, refuse: () => undefined, launch: () => expect.fail('no worker is wanted') }],
    admit,
    defaults: { ...unconfigured, workers: 0 },
    configured: () => ({}),
    defaultHandler: undefined,
    envelope: '',
    limitImagePixels: true,
    limits: { responseBytes: 1_000, inFlightBytes: 1_000, unregisterTimeout: 1 },
    clock: monotonicClock,
    backOffMs: () => 1_000,
    observe: () => {},
    onWorkerLoaded: () => {},
    onMetric: () => {},
    sequenceHeaders: {
      id: 'ts_request_sequence_id',
      start: 'ts_request_sequence_start',
      end: 'ts_request_sequence_end',
    },
    onWorkerLine: () => {},
    log: () => {},
    firstWorkerId: 9000,
    onChange: async () => {},
  });
  onTestFinished(() => service.close(0));
  return service;
}

test('an archive that changes between validation and extraction is not registered, and can be registered afterwards', async () => {
  const folder = await tempTree();
  const path = await makeModel(folder, { name: 'm' });
  const other = await makeModel(folder, { name: 'other' });
  let exchanges = 1;
  const service = await startService(async () => {
    if (exchanges-- <= 0) return;
    await copyFile(other, join(folder, 'next'));
    await rename(join(folder, 'next'), path);
  });
  await expect(service.register({ path, url: 'm.mar' })).rejects.toMatchObject({ code: 'ARCHIVE_CHANGED' });
  expect(service.registered()).toEqual([]);
  expect(await service.register({ path, url: 'm.mar' })).toMatchObject({ name: 'other', workers: 0 });
});
