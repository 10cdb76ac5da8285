import { expect, test } from 'vitest';
import { residentBytes } from '../../../src/serve/process/resident-memory.ts';

test.runIf(process.platform === 'linux')('a process has resident memory, one that ended has none', async () => {
  expect(await residentBytes(process.pid)).toBeGreaterThan(1024 ** 2);
  expect(await residentBytes(2 ** 30)).toBe(0);
});
