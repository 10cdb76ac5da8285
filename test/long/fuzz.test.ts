import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readArchiveSource } from '../../src/archive/read.ts';
import { bufferSource, readAll } from '../../src/core/byte-source.ts';
import { isToolError } from '../../src/core/errors.ts';
import { mutate, mutations } from '../support/mutate.ts';
import { seedArchives } from '../support/seed-archives.ts';

const RUNS = Number(process.env.TSMA_FUZZ_RUNS ?? 200_000);
/** The seeds are below 4 kB: what a reading holds beyond this would be driven by a number in the archive. */
const MAX_GROWTH_BYTES = 192 * 1024 ** 2;

test(`${RUNS} mutated archives give findings or a coded error, in bounded memory`, async () => {
  const seeds = await seedArchives();
  const rules = new Map<string, number>();
  const before = process.memoryUsage().rss;
  let worst = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.values(seeds)), mutations, async (seed, changes) => {
      const reading = await readArchiveSource(bufferSource('mutated', mutate(seed, changes)));
      try {
        const findings = [...reading.findings, ...(await reading.verify())];
        for (const { rule } of findings) rules.set(rule, (rules.get(rule) ?? 0) + 1);
        for (const { path, size } of (await reading.tree?.list()) ?? []) {
          const source = await reading.tree!.open(path);
          await readAll(source, size).catch((error: unknown) => {
            if (!isToolError(error)) throw error;
          });
          await source.close();
        }
      } finally {
        await reading.close();
      }
      worst = Math.max(worst, process.memoryUsage.rss() - before);
    }),
    { numRuns: RUNS },
  );
  console.log(`${RUNS} runs reached ${rules.size} rules; memory grew by at most ${Math.round(worst / 1024 ** 2)} MiB`);
  expect(worst).toBeLessThan(MAX_GROWTH_BYTES);
});
