import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect } from 'vitest';

/** What a killed server leaves is removed by another process, which may still be at it when the test that killed it is over. */
const PATIENCE_MS = 10_000;

// Every test file, and each process it starts, has a temporary folder of its own: files may run side by side, and what one of
// them leaves behind is its own failure.
const own = mkdtempSync(join(tmpdir(), 'tsma-'));
const outer = process.env.TMPDIR;
process.env.TMPDIR = own;
// npm asks Node from 22 on for a cache of compiled code, which lies there.
process.env.NODE_DISABLE_COMPILE_CACHE = '1';

afterAll(async () => {
  const left = await leftBehind();
  rmSync(own, { recursive: true, force: true });
  if (outer === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = outer;
  expect(left, 'left behind in the temporary folder').toEqual([]);
});

async function leftBehind(): Promise<readonly (string | Buffer)[]> {
  for (let waited = 0; ; waited += 50) {
    const left = readdirSync(own, { recursive: true });
    if (left.length === 0 || waited >= PATIENCE_MS) return left;
    await sleep(50);
  }
}
